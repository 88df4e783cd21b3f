namespace Clip.Models;

/// <summary>Multi-head attention of queries to other tokens, which may have another width.</summary>
/// <remarks>Maps queries [N, Q, W] and tokens [N, L, T] to [N, Q, W].</remarks>
internal sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _heads;

    // One matrix where both widths are equal, three where they differ: so the checkpoints have it.
    [ComponentName(Name = "in_proj_weight")] private Parameter? _inputWeight;
    [ComponentName(Name = "q_proj_weight")] private Parameter? _queryWeight;
    [ComponentName(Name = "k_proj_weight")] private Parameter? _keyWeight;
    [ComponentName(Name = "v_proj_weight")] private Parameter? _valueWeight;
    [ComponentName(Name = "in_proj_bias")] private Parameter _inputBias;
    [ComponentName(Name = "out_proj")] private readonly LinearLayer _output;

    public CrossAttention(WeightFactory weights, long width, long tokenWidth, long heads)
        : base(nameof(CrossAttention))
    {
        _heads = heads;
        if (tokenWidth == width)
        {
            _inputWeight = weights.Matrix(3 * width, width);
        }
        else
        {
            _queryWeight = weights.Matrix(width, width);
            _keyWeight = weights.Matrix(width, tokenWidth);
            _valueWeight = weights.Matrix(width, tokenWidth);
        }
        _inputBias = weights.Matrix(3 * width);
        _output = new LinearLayer(weights, width, width);
        RegisterComponents();
    }

    /// <summary>The layer behind the heads.</summary>
    public LinearLayer Output => _output;

    public override Tensor forward(Tensor queries, Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (keys, values) = ProjectTokens(tokens);
        return Attend(queries, keys, values).MoveToOuterDisposeScope();
    }

    /// <summary>Keys and values of the tokens, [N, L, T] to [N, L, W] each.</summary>
    public (Tensor Keys, Tensor Values) ProjectTokens(Tensor tokens)
    {
        var weights = ProjectionWeights();
        var biases = _inputBias.chunk(3);
        return (nn.functional.linear(tokens, weights[1], biases[1]), nn.functional.linear(tokens, weights[2], biases[2]));
    }

    /// <summary>The attention of queries [N, Q, W] to projected tokens [N, L, W].</summary>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        var projected = nn.functional.linear(queries, ProjectionWeights()[0], _inputBias.chunk(3)[0]);
        return _output.call(AttentionHeads.Attend(projected, keys, values, _heads)).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights from normal distributions; for queries and tokens of one width.</summary>
    /// <param name="inputDeviation">Standard deviation of the query, key and value weights.</param>
    /// <param name="outputDeviation">Standard deviation of the output weights.</param>
    public void InitializeNormal(double inputDeviation, double outputDeviation)
    {
        nn.init.normal_(_inputWeight!, std: inputDeviation);
        nn.init.normal_(_output.Weight, std: outputDeviation);
        InitializeBiases();
    }

    /// <summary>Draws the weights as PyTorch's MultiheadAttention does.</summary>
    public void InitializeDefault()
    {
        foreach (var weight in _inputWeight is null ? ProjectionWeights() : [_inputWeight])
            nn.init.xavier_uniform_(weight);
        LinearInitializer.Weight(_output.Weight);
        InitializeBiases();
    }

    /// <summary>Draws the weights from a normal distribution.</summary>
    public void InitializeNormal(double deviation)
    {
        foreach (var weight in _inputWeight is null ? ProjectionWeights() : [_inputWeight])
            nn.init.normal_(weight, std: deviation);
        nn.init.normal_(_output.Weight, std: deviation);
        InitializeBiases();
    }

    /// <summary>Draws the weights as SigLIP does: Xavier's uniform, per projection.</summary>
    public void InitializeXavier()
    {
        foreach (var weight in ProjectionWeights())
            nn.init.xavier_uniform_(weight.detach());
        nn.init.xavier_uniform_(_output.Weight);
        InitializeBiases();
    }

    // Of queries, keys and values.
    private Tensor[] ProjectionWeights() => _inputWeight?.chunk(3) ?? [_queryWeight!, _keyWeight!, _valueWeight!];

    private void InitializeBiases()
    {
        nn.init.zeros_(_inputBias);
        nn.init.zeros_(_output.Bias);
    }
}
