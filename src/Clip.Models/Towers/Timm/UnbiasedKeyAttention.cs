namespace Clip.Models;

/// <summary>Multi-head attention in which keys have no bias, as timm's class EvaAttention has it.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class UnbiasedKeyAttention : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;
    private readonly RotaryEmbedding? _rotary;

    // One matrix or three: so the checkpoints have it.
    [ComponentName(Name = "qkv")] private readonly LinearLayer? _joined;
    [ComponentName(Name = "q_bias")] private Parameter? _queryBias;
    [ComponentName(Name = "v_bias")] private Parameter? _valueBias;
    [ComponentName(Name = "q_proj")] private readonly LinearLayer? _queries;
    [ComponentName(Name = "k_proj")] private readonly LinearLayer? _keys;
    [ComponentName(Name = "v_proj")] private readonly LinearLayer? _values;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm? _norm;
    [ComponentName(Name = "proj")] private readonly LinearLayer _output;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="width">Channels of a token.</param>
    /// <param name="heads">Attention heads; divides the width.</param>
    /// <param name="bias">Whether queries and values have a bias.</param>
    /// <param name="isSplit">Whether queries, keys and values have matrices of their own.</param>
    /// <param name="normEpsilon">What a norm of the heads' outputs adds to the variance; null for no norm.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. Borrowed.</param>
    public UnbiasedKeyAttention(
        WeightFactory weights, long width, long heads, bool bias = true, bool isSplit = false, double? normEpsilon = null, RotaryEmbedding? rotary = null)
        : base(nameof(UnbiasedKeyAttention))
    {
        _heads = heads;
        _rotary = rotary;
        if (isSplit)
        {
            _queries = new LinearLayer(weights, width, width, bias);
            _keys = new LinearLayer(weights, width, width, bias: false);
            _values = new LinearLayer(weights, width, width, bias);
        }
        else
        {
            _joined = new LinearLayer(weights, width, 3 * width, bias: false);
            if (bias)
            {
                _queryBias = weights.Matrix(width);
                _valueBias = weights.Matrix(width);
            }
        }
        if (normEpsilon is { } epsilon)
            _norm = new MixedPrecisionLayerNorm(weights, width, epsilon);
        _output = new LinearLayer(weights, width, width);
        RegisterComponents();
    }

    /// <summary>The norm of the heads' outputs; null where there is none.</summary>
    public MixedPrecisionLayerNorm? Norm => _norm;

    /// <summary>The layer behind the heads.</summary>
    public LinearLayer Output => _output;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = Input();
        var inputs = nn.functional.linear(x, weight, bias).chunk(3, dim: 2);                          // 3 x [N, L, W]
        var attended = AttentionHeads.Attend(Rotate(inputs[0]), Rotate(inputs[1]), inputs[2], _heads);
        return Finish(attended).MoveToOuterDisposeScope();
    }

    /// <summary>The same where each token attends to itself alone: the whole weight is on its own value.</summary>
    public Tensor AttendAlone(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = Input();
        return Finish(nn.functional.linear(x, weight, bias).chunk(3, dim: 2)[2]).MoveToOuterDisposeScope();
    }

    /// <summary>Queries, keys and values in one layer, [3 W, W] and [3 W], or no bias; call it in a dispose scope.</summary>
    public (Tensor Weight, Tensor? Bias) Input()
    {
        var weight = _joined?.Weight.alias() ?? cat([_queries!.Weight, _keys!.Weight, _values!.Weight]);
        var (queryBias, valueBias) = (_queryBias ?? _queries?.BiasOrNull, _valueBias ?? _values?.BiasOrNull);
        return (weight, queryBias is null ? null : cat([queryBias, zeros_like(queryBias), valueBias!]));
    }

    /// <summary>Sets the biases of queries and values to zero; those of layers are set with the layers.</summary>
    public void InitializeBiases()
    {
        if (_queryBias is not null)
            nn.init.zeros_(_queryBias);
        if (_valueBias is not null)
            nn.init.zeros_(_valueBias);
    }

    private Tensor Finish(Tensor attended) => _output.call(_norm is null ? attended : _norm.call(attended));

    private Tensor Rotate(Tensor x) => _rotary is null ? x : _rotary.Rotate(x, _heads);
}
