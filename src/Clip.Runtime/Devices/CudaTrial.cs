using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Runtime.Devices;

/// <summary>A first computation on a GPU, before a model is sent there.</summary>
internal static class CudaTrial
{
    /// <summary>Adds two numbers on the device.</summary>
    /// <returns>Why that failed, in one line of libtorch's own words, or null when it worked.</returns>
    public static string? FindFault(CudaDevice card)
    {
        try
        {
            using var scope = NewDisposeScope();
            var sum = ones(1, device: new Device(DeviceType.CUDA, card.Index)).Plus(1);
            return sum.cpu().item<float>() == 2 ? null : "one and one were not two.";
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException)
        {
            return $"{e.Message.Split('\n', 2)[0].TrimEnd().TrimEnd('.')}.";
        }
    }

    /// <summary>Says what a fault means for this card.</summary>
    public static DiagnosticProblem Explain(CudaDevice card, string fault)
    {
        // The CUDA 12.8 builds of libtorch 2.9 and 2.10 hold kernels for 7.0 and newer.
        var remedy = card.HasFloat16TensorCores
            ? "Free its memory or choose another device; nvidia-smi shows who uses it."
            : "This build of libtorch serves compute capability 7.0 and newer: use the device \"cpu\".";
        return new($"{card} does not compute: {fault}", remedy);
    }
}
