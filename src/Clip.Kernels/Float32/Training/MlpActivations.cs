namespace Clip.Kernels.Float32.Training;

/// <summary>What the second half of a block keeps for its backward pass.</summary>
/// <param name="first">Memory of <see cref="LengthOf"/> elements.</param>
/// <param name="rows">Tokens, R.</param>
/// <param name="width">W.</param>
/// <param name="hidden">Hidden channels, H.</param>
internal readonly unsafe struct MlpActivations(float* first, nint rows, nint width, nint hidden)
{
    /// <summary>The input: that of the block and the attention's branch, [R, W].</summary>
    public float* Input => first;

    /// <summary>What the activation is computed of, [R, H].</summary>
    public float* Hidden => Input + rows * width;

    /// <summary>Statistics of the norm, [R, 2].</summary>
    public float* Statistics => Hidden + rows * hidden;

    /// <summary>Elements of all.</summary>
    public static nint LengthOf(nint rows, nint width, nint hidden) => rows * (width + hidden + 2);
}
