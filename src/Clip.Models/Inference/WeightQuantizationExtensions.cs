using Clip.Kernels.Contracts;

namespace Clip.Models;

internal static class WeightQuantizationExtensions
{
    /// <summary>The same quantization in a kernel.</summary>
    public static Quantization ToKernels(this WeightQuantization quantization) => quantization switch
    {
        WeightQuantization.None => Quantization.None,
        WeightQuantization.Float16 => Quantization.Float16,
        WeightQuantization.BFloat16 => Quantization.BFloat16,
        WeightQuantization.Int8 => Quantization.Int8,
        _ => throw new ArgumentOutOfRangeException(nameof(quantization), quantization, "There is no such quantization."),
    };
}
