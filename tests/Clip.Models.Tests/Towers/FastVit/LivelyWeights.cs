namespace Clip.Models.Tests.Towers.FastVit;

/// <summary>Networks in which every weight matters: in fresh ones the gains of branches are near zero and norms change nothing.</summary>
internal static class LivelyWeights
{
    public static DualEncoder Create(DualEncoderConfig config, ScalarType dtype = ScalarType.Float32)
    {
        var network = TinyConfig.Create(config);
        manual_seed(7).Dispose();
        using var noGradients = no_grad();
        foreach (var (name, weight) in network.state_dict())
        {
            if (name.EndsWith("gamma", StringComparison.Ordinal))
                nn.init.uniform_(weight, 0.3, 0.8);
            else if (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("bn.weight", StringComparison.Ordinal))
                nn.init.uniform_(weight, 0.7, 1.4);
            else if (name.EndsWith("running_mean", StringComparison.Ordinal) || name.EndsWith("bn.bias", StringComparison.Ordinal))
                nn.init.uniform_(weight, -0.3, 0.3);
        }
        network.to(dtype);
        return network;
    }
}
