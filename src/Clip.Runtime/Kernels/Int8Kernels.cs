using System.Runtime.InteropServices;
using Clip.Runtime.Cpu;

namespace Clip.Runtime.Kernels;

/// <summary>Whether linear layers with weights of 8 bits work in this process, and how large their weights may be.</summary>
internal static class Int8Kernels
{
    // All of 8 bits; and what fits where a processor without VNNI adds two products of 8 bits in 16: 2 · 255 · 63 is less than 2^15.
    private const int AllBits = 127, SevenBits = 63;

    private static readonly Lazy<int> s_weightLimit = new(FindWeightLimit);

    /// <summary>Whether the operators are there and compute what they should.</summary>
    public static bool AreServed => s_weightLimit.Value > 0;

    /// <summary>Largest magnitude of a quantized weight whose products are exact on this processor; 0 where the kernels do not work.</summary>
    public static int WeightLimit => s_weightLimit.Value;

    /// <summary>Makes a transformer without blocks, for activations in float32.</summary>
    /// <param name="heads">Attention heads.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="activation">Activation of the perceptrons.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    public static ITransformerKernel CreateTransformer(long heads, double epsilon, FusedActivation activation, bool causal) =>
        new TransformerKernel(heads, epsilon, activation, causal, new Int8LinearLayers(WeightLimit));

    private static int FindWeightLimit()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return 0;
        int[] limits = CpuFeatures.HasInt8Products ? [AllBits, SevenBits] : [SevenBits];
        return limits.FirstOrDefault(KernelTrial.Int8Succeeds);
    }
}
