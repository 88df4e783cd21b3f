namespace Clip.Kernels.Int8;

/// <summary>The range of quantized values, the same on all processors, so that results are the same too.</summary>
/// <remarks>
/// Processors without VNNI multiply 8 unsigned by 8 signed bits and add two products in 16 bits. Activations are unsigned there, with
/// <see cref="InputLimit"/> added: two products reach 2 · 254 · 64 = 32,512 at most, which 16 bits still hold. Of the pairs of limits for
/// which that is so, this one leaves activations more levels than weights, because a token's elements have larger outliers.
/// </remarks>
internal static class Int8Range
{
    /// <summary>Largest magnitude of a quantized activation.</summary>
    public const int InputLimit = 127;

    /// <summary>Largest magnitude of a quantized weight.</summary>
    public const int WeightLimit = 64;

    /// <summary>Inputs that are multiplied by one instruction; they lie side by side in 4 bytes.</summary>
    public const int GroupSize = sizeof(int);

    /// <summary>Inputs whose products are exact in sums of 32 bits, however large each is.</summary>
    public const int MostInputs = int.MaxValue / (2 * InputLimit * WeightLimit);
}
