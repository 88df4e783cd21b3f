using Clip.Shared;

namespace Clip.Models;

/// <summary>A pre-norm transformer block whose tokens attend to an image's.</summary>
/// <remarks>Maps tokens [N, L, W] and the image's [N, P, W] to [N, L, W]. Source: Yu et al. 2022, "CoCa", section 3.2.</remarks>
internal sealed class CrossAttentionBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "ln_1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "ln_1_kv")] private readonly MixedPrecisionLayerNorm _imageNorm;
    [ComponentName(Name = "attn")] private readonly CrossAttention _attention;
    [ComponentName(Name = "ls_1")] private readonly LayerScale? _attentionScale;
    [ComponentName(Name = "ln_2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly Mlp _mlp;
    [ComponentName(Name = "ls_2")] private readonly LayerScale? _mlpScale;

    public CrossAttentionBlock(WeightFactory weights, TransformerConfig config)
        : base(nameof(CrossAttentionBlock))
    {
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _imageNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _attention = new CrossAttention(weights, config.Width, config.Width, config.Heads);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new Mlp(weights, config);
        if (config.LayerScale is { } gain)
        {
            _attentionScale = new LayerScale(weights, config.Width, gain);
            _mlpScale = new LayerScale(weights, config.Width, gain);
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor image)
    {
        using var scope = NewDisposeScope();
        var (keys, values) = LookAt(image);
        return Attend(x, keys, values).MoveToOuterDisposeScope();
    }

    /// <summary>The image's keys and values, [N, P, W] each.</summary>
    public (Tensor Keys, Tensor Values) LookAt(Tensor image)
    {
        using var scope = NewDisposeScope();
        var (keys, values) = _attention.ProjectTokens(_imageNorm.call(image));
        return (keys.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope());
    }

    /// <summary>The block, with the image's keys and values.</summary>
    public Tensor Attend(Tensor x, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(Scale(_attentionScale, _attention.Attend(_attentionNorm.call(x), keys, values)));
        return attended.Plus(Scale(_mlpScale, _mlp.call(_mlpNorm.call(attended)))).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights from normal distributions.</summary>
    /// <param name="input">Standard deviation of the query, key and value weights.</param>
    /// <param name="output">Standard deviation of the weights that lead back onto the residual.</param>
    /// <param name="expand">Standard deviation of the MLP's first layer.</param>
    public void InitializeNormal(double input, double output, double expand)
    {
        _attention.InitializeNormal(input, output);
        _mlp.InitializeNormal(expand, output);
    }

    private static Tensor Scale(LayerScale? scale, Tensor branch) => scale is null ? branch : scale.call(branch);
}
