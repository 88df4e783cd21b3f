using Clip.Shared;

namespace Clip.Models;

/// <summary>A learned query's attention to all tokens, and an MLP on what it gathers.</summary>
/// <remarks>Maps [N, L, W] to [N, W]. Source: Zhai et al. 2022, "Scaling Vision Transformers", section 3.2.</remarks>
internal sealed class MultiheadAttentionPool : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "probe")] private Parameter _query;
    [ComponentName(Name = "attn")] private readonly CrossAttention _attention;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;

    public MultiheadAttentionPool(WeightFactory weights, TransformerConfig config)
        : base(nameof(MultiheadAttentionPool))
    {
        _query = weights.Sensitive(1, 1, config.Width);
        _attention = new CrossAttention(weights, config.Width, config.Width, config.Heads);
        _norm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new Mlp(weights, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var query = _query.to(tokens.dtype).expand(tokens.shape[0], -1, -1);                // [N, 1, W]
        var gathered = _attention.call(query, tokens);                                      // [N, 1, W]
        var output = gathered.Plus(_mlp.call(_norm.call(gathered)));
        return output.squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the query and the attention as timm does (timm, attention_pool.py); its MLP is drawn with the tower's linear layers.</summary>
    /// <param name="deviation">Standard deviation of the attention's weights.</param>
    public void InitializeNormal(double deviation)
    {
        nn.init.normal_(_query, std: 1 / Math.Sqrt(_query.shape[2]));
        _attention.InitializeNormal(deviation);
    }

    /// <summary>Draws all weights as SigLIP does.</summary>
    public void Initialize()
    {
        nn.init.xavier_uniform_(_query);
        _attention.InitializeXavier();
        _mlp.InitializeXavier();
    }
}
