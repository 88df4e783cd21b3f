using Clip.Models;

namespace Clip.Benchmarks.Peers;

/// <summary>Networks of published architectures with fresh weights, in the form in which embeddings are computed.</summary>
internal static class Networks
{
    /// <summary>Creates a network.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="dtype">What it computes with.</param>
    public static DualEncoder Create(DualEncoderConfig config, ScalarType dtype)
    {
        var network = new DualEncoder(config);
        if (dtype == ScalarType.Float32)
            return Prepare(network);

        using (network)
            return Prepare(network.Copy(dtype));
    }

    private static DualEncoder Prepare(DualEncoder network)
    {
        network.eval();
        network.PackForInference();
        return network;
    }
}
