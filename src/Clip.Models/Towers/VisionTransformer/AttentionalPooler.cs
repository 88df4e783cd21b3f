namespace Clip.Models;

/// <summary>Attention of learned queries to all tokens.</summary>
/// <remarks>Maps [N, L, W] to [N, Q, E]. Source: Yu et al. 2022, "CoCa", section 3.2.</remarks>
internal sealed class AttentionalPooler : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "query")] private Parameter _queries;
    [ComponentName(Name = "attn")] private readonly CrossAttention _attention;
    [ComponentName(Name = "ln_q")] private readonly MixedPrecisionLayerNorm _queryNorm;
    [ComponentName(Name = "ln_k")] private readonly MixedPrecisionLayerNorm _tokenNorm;

    public AttentionalPooler(WeightFactory weights, AttentionalPoolerConfig config, long width, long tokenWidth, double epsilon)
        : base(nameof(AttentionalPooler))
    {
        _queries = weights.Sensitive(config.Queries, width);
        _attention = new CrossAttention(weights, width, tokenWidth, config.Heads);
        _queryNorm = new MixedPrecisionLayerNorm(weights, width, epsilon);
        _tokenNorm = new MixedPrecisionLayerNorm(weights, tokenWidth, epsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var queries = _queryNorm.call(_queries.to(tokens.dtype)).expand(tokens.shape[0], -1, -1);   // [N, Q, E]
        return _attention.call(queries, _tokenNorm.call(tokens)).MoveToOuterDisposeScope();
    }

    /// <summary>Pools each token as if it were the only one: all queries take its value.</summary>
    /// <param name="tokens">[N, P, W].</param>
    /// <returns>[N, P, E].</returns>
    public Tensor PoolEach(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return _attention.Output.call(_attention.ProjectTokens(_tokenNorm.call(tokens)).Values).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the queries from a standard normal distribution and the attention as PyTorch does.</summary>
    public void Initialize()
    {
        nn.init.normal_(_queries);
        _attention.InitializeDefault();
    }
}
