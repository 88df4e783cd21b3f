namespace Clip.Kernels.Float32.Training;

/// <summary>What a block's forward pass leaves for its backward pass.</summary>
/// <param name="first">Memory of <see cref="LengthOf"/> elements.</param>
/// <param name="rows">Tokens, R.</param>
/// <param name="width">W.</param>
/// <param name="hidden">Hidden channels of the MLP, H.</param>
internal readonly unsafe struct BlockActivations(float* first, nint rows, nint width, nint hidden)
{
    /// <summary>Queries, keys and values, [R, 3 W].</summary>
    public float* Projected => first;

    /// <summary>What attention gave, [R, W].</summary>
    public float* Attended => Projected + 3 * rows * width;

    /// <summary>Statistics of the attention's norm, [R, 2].</summary>
    public float* AttentionStatistics => Attended + rows * width;

    /// <summary>What the MLP keeps.</summary>
    public MlpActivations Mlp => new(AttentionStatistics + 2 * rows, rows, width, hidden);

    /// <summary>Elements of all.</summary>
    public static nint LengthOf(nint rows, nint width, nint hidden) => rows * (4 * width + 2) + MlpActivations.LengthOf(rows, width, hidden);
}
