namespace Clip.Models.Tests.Towers.Timm;

/// <summary>One step of training.</summary>
internal static class TrainingStep
{
    /// <summary>Requires finite gradients everywhere, and that a step changes every parameter.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="create">Makes the network; null for fresh weights.</param>
    public static void RequireChangesEveryParameter(DualEncoderConfig config, Func<DualEncoderConfig, DualEncoder>? create = null)
    {
        using var scope = NewDisposeScope();
        using var network = create is null ? TinyConfig.Create(config) : create(config);
        network.train();
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        using var optimizer = optim.Adam(network.parameters(), lr: 1e-2);

        var logits = network.call(TinyConfig.Pixels(config, count: 4), TinyConfig.Tokens(config, count: 4));
        // Cross-entropy alone does not see a bias that all logits share; its gradient would be what rounding leaves of zero.
        (nn.functional.cross_entropy(logits, arange(4)) + logits.mean()).backward();
        optimizer.step();

        foreach (var (name, parameter) in network.named_parameters())
        {
            Assert.True(parameter.grad!.isfinite().all().item<bool>(), $"{name} has a gradient that is not finite.");
            Assert.False(parameter.equal(before[name]).all().item<bool>(), $"{name} did not change by a gradient of {parameter.grad!.abs().max().item<float>()}.");
        }
    }
}
