using Clip.Models;

namespace Clip.Benchmarks.Peers;

/// <summary>Networks of published architectures with fresh weights, in the form in which embeddings are computed.</summary>
internal static class Networks
{
    /// <summary>Creates a network.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="dtype">What it computes with.</param>
    /// <param name="device">Where it is; null for the CPU.</param>
    public static DualEncoder Create(DualEncoderConfig config, ScalarType dtype, Device? device = null)
    {
        var network = new DualEncoder(config);
        if (dtype == ScalarType.Float32)
            return Prepare(network, device);

        using (network)
            return Prepare(network.Copy(dtype), device);
    }

    private static DualEncoder Prepare(DualEncoder network, Device? device)
    {
        network.eval();
        if (device is not null)
            network.to(device);
        network.PackForInference();
        return network;
    }
}
