namespace Clip.Models;

/// <summary>Pools tokens by attention with one learned query: [N, L, W] and a mask to [N, W].</summary>
/// <remarks>Source: Lee et al. 2019, "Set Transformer", section 3.2; open_clip, transformer.py, ModernTextPool.</remarks>
internal sealed class ModernTextPool : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModernTextConfig _config;

    [ComponentName(Name = "query")] private Parameter _query;
    [ComponentName(Name = "q")] private readonly LinearLayer _queries;
    [ComponentName(Name = "kv")] private readonly LinearLayer _keysAndValues;
    [ComponentName(Name = "q_norm")] private readonly nn.Module<Tensor, Tensor>? _queryNorm;
    [ComponentName(Name = "k_norm")] private readonly nn.Module<Tensor, Tensor>? _keyNorm;

    public ModernTextPool(WeightFactory weights, ModernTextConfig config)
        : base(nameof(ModernTextPool))
    {
        _config = config;
        var (width, headWidth) = (config.Width, config.Width / config.Heads);
        _query = weights.Sensitive(1, 1, width);
        _queries = new LinearLayer(weights, width, width, config.AttentionBias);
        _keysAndValues = new LinearLayer(weights, width, 2 * width, config.AttentionBias);
        _queryNorm = ModernTextNorm.TryCreate(config.NormedQueries, weights, config, headWidth);
        _keyNorm = ModernTextNorm.TryCreate(config.NormedQueries, weights, config, headWidth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var queries = _queries.call(_query.to(tokens.dtype)).expand(tokens.shape[0], -1, -1);                // [N, 1, W]
        var parts = _keysAndValues.call(tokens).chunk(2, dim: 2);                                            // 2 x [N, L, W]
        var attended = AttentionHeads.Attend(
            ModernTextNorm.Heads(_queryNorm, queries, _config.Heads), ModernTextNorm.Heads(_keyNorm, parts[0], _config.Heads), parts[1], _config.Heads, mask);
        return attended.squeeze(1).MoveToOuterDisposeScope();                                                // [N, W]
    }

    public void Initialize()
    {
        var deviation = 1 / Math.Sqrt(_config.Width);
        nn.init.normal_(_query, std: deviation);
        foreach (var layer in (LinearLayer[])[_queries, _keysAndValues])
        {
            nn.init.normal_(layer.Weight, std: deviation);
            if (layer.BiasOrNull is { } bias)
                nn.init.zeros_(bias);
        }
    }
}
