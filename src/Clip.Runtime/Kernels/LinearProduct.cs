using Clip.Runtime.Cpu;

namespace Clip.Runtime.Kernels;

/// <summary>Linear layers with gradients, by the faster of libtorch's two ways.</summary>
/// <remarks>
/// libtorch multiplies float32 matrices by MKL, which leaves AVX-512 unused on AMD's processors: a layer of 1600 x 768 x 3072 then reached
/// 190 of the 436 GFLOP/s that oneDNN's convolution reaches on two cores, and the backward pass is two such products.
/// </remarks>
internal static class LinearProduct
{
    // With fewer rows, bringing the weights into oneDNN's order costs too much.
    private const long LeastRows = 256;

    private static readonly Lazy<bool> s_avoidsMkl = new(CpuFeatures.MklLeavesAvx512Unused);

    /// <summary>Computes x · weightᵀ + bias.</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <returns>[..., outputs].</returns>
    public static Tensor Compute(Tensor x, Tensor weight, Tensor? bias) =>
        s_avoidsMkl.Value && x.dtype == ScalarType.Float32 && x.device_type == DeviceType.CPU
        && x.numel() >= LeastRows * x.shape[^1] && get_num_threads() > 1 // Alone, libtorch convolves by MKL too.
            ? Convolve(x, weight, bias)
            : nn.functional.linear(x, weight, bias);

    /// <summary>The same as a convolution of single places, whose forward and backward passes are oneDNN's.</summary>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (inputs, outputs) = (weight.shape[1], weight.shape[0]);
        var picture = x.reshape(1, 1, -1, inputs).permute(0, 3, 1, 2);                               // [1, inputs, 1, rows], channels last
        var product = nn.functional.conv2d(picture, weight.reshape(outputs, inputs, 1, 1), bias);    // [1, outputs, 1, rows]
        return product.permute(0, 2, 3, 1).reshape([.. x.shape[..^1], outputs]).MoveToOuterDisposeScope();
    }
}
