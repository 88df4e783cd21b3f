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

    /// <summary>The block's input and the attention's branch, [R, W].</summary>
    public float* Middle => Attended + rows * width;

    /// <summary>What the MLP's activation is computed of, [R, H].</summary>
    public float* Hidden => Middle + rows * width;

    /// <summary>Statistics of the attention's norm, [R, 2].</summary>
    public float* AttentionStatistics => Hidden + rows * hidden;

    /// <summary>Statistics of the MLP's norm, [R, 2].</summary>
    public float* MlpStatistics => AttentionStatistics + 2 * rows;

    /// <summary>Elements of all.</summary>
    public static nint LengthOf(nint rows, nint width, nint hidden) => rows * (5 * width + hidden + 4);
}
