using Clip.Shared;

namespace Clip.Models;

/// <summary>mT5's attention of tokens to each other: without biases, and with logits that are not divided by the root of the heads' width.</summary>
/// <remarks>Maps [N, L, W] and what is added to the logits to [N, L, W]. Source: Raffel et al. 2019, section 2.1.</remarks>
internal sealed class Mt5Attention : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Mt5TextConfig _config;

    [ComponentName(Name = "in_proj_weight")] private Parameter _input;
    [ComponentName(Name = "out_proj")] private readonly LinearLayer _output;

    public Mt5Attention(WeightFactory weights, Mt5TextConfig config)
        : base(nameof(Mt5Attention))
    {
        _config = config;
        var inner = (long)config.Heads * config.HeadWidth;
        _input = weights.Matrix(3 * inner, config.Width);
        _output = new LinearLayer(weights, inner, config.Width, bias: false);
        RegisterComponents();
    }

    /// <summary>The projection to queries, keys and values.</summary>
    public Parameter Input => _input;

    /// <summary>The projection of what was attended to.</summary>
    public LinearLayer Output => _output;

    public override Tensor forward(Tensor x, Tensor? bias) => Compute(x, bias, y => nn.functional.linear(y, _input), _output.call);

    /// <summary>Computes the attention with other products than the module's own.</summary>
    public Tensor Compute(Tensor x, Tensor? bias, Func<Tensor, Tensor> input, Func<Tensor, Tensor> output)
    {
        using var scope = NewDisposeScope();
        var projected = input(x).chunk(3, dim: 2);                                           // 3 x [N, L, heads x channels]
        // What attends divides by the root of the width.
        var queries = projected[0].Times(Math.Sqrt(_config.HeadWidth));
        return output(AttentionHeads.Attend(queries, projected[1], projected[2], _config.Heads, bias)).MoveToOuterDisposeScope();
    }

    public void Initialize()
    {
        // transformers, modeling_t5.py, _init_weights
        var (width, inner) = ((double)_config.Width, (double)_config.Heads * _config.HeadWidth);
        var parts = _input.detach().chunk(3);
        nn.init.normal_(parts[0], std: 1 / Math.Sqrt(width * _config.HeadWidth));
        nn.init.normal_(parts[1], std: 1 / Math.Sqrt(width));
        nn.init.normal_(parts[2], std: 1 / Math.Sqrt(width));
        nn.init.normal_(_output.Weight, std: 1 / Math.Sqrt(inner));
    }
}
