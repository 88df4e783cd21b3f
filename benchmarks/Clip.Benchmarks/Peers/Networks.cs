using Clip.Models;

namespace Clip.Benchmarks.Peers;

/// <summary>Networks of published architectures with fresh weights, in the form in which embeddings are computed.</summary>
internal static class Networks
{
    /// <summary>Creates a network.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="dtype">What it computes with.</param>
    /// <param name="device">Where it is; null for the CPU.</param>
    /// <param name="quantization">What its linear layers compute with.</param>
    public static PackedDualEncoder Create(
        DualEncoderConfig config, ScalarType dtype, Device? device = null, WeightQuantization quantization = WeightQuantization.None)
    {
        var network = new DualEncoder(config);
        if (dtype == ScalarType.Float32)
            return Prepare(network, device, quantization);

        using (network)
            return Prepare(network.Copy(dtype), device, quantization);
    }

    private static PackedDualEncoder Prepare(DualEncoder network, Device? device, WeightQuantization quantization)
    {
        network.eval();
        if (device is not null)
            network.to(device);
        return network.PackForInference(quantization);
    }
}
