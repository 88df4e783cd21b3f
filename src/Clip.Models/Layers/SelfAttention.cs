using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>Multi-head attention of tokens to each other.</summary>
/// <remarks>Maps [N, L, W] and an optional mask, broadcast to [N, heads, L, L] and added to the logits, to [N, L, W].</remarks>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor?, Tensor>, ITrainedLayer
{
    private readonly long _width;
    private readonly long _heads;
    private readonly bool _causal;
    private readonly RotaryEmbedding? _rotary;

    [ComponentName(Name = "in_proj_weight")] private Parameter _inputWeight;
    [ComponentName(Name = "in_proj_bias")] private Parameter? _inputBias;
    [ComponentName(Name = "out_proj")] private readonly LinearLayer _output;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="width">Channels of a token.</param>
    /// <param name="heads">Attention heads; divides the width.</param>
    /// <param name="causal">Whether tokens see only those before them, where no mask is given.</param>
    /// <param name="inputBias">Whether queries, keys and values have a bias.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. Borrowed.</param>
    /// <param name="outputBias">Whether the projection of what was attended to has a bias.</param>
    public SelfAttention(
        WeightFactory weights, long width, long heads, bool causal, bool inputBias = true, RotaryEmbedding? rotary = null, bool outputBias = true)
        : base(nameof(SelfAttention))
    {
        _width = width;
        _heads = heads;
        _causal = causal;
        _rotary = rotary;
        _inputWeight = weights.Matrix(3 * width, width);
        if (inputBias)
            _inputBias = weights.Matrix(3 * width);
        _output = new LinearLayer(weights, width, width, outputBias);
        RegisterComponents();
    }

    /// <summary>The dtype of the weights, and so of the activations.</summary>
    public ScalarType DType => _inputWeight.dtype;

    /// <summary>The projection to queries, keys and values; the bias is null where there is none.</summary>
    public (Tensor Weight, Tensor? Bias) Input => (_inputWeight, _inputBias);

    /// <summary>The projection of what was attended to.</summary>
    public LinearLayer Output => _output;

    /// <inheritdoc/>
    public ITrainingKernels? Kernels { get; set; }

    public override Tensor forward(Tensor x, Tensor? mask) =>
        Compute(x, mask, y => LinearProduct.Compute(Kernels, y, _inputWeight, _inputBias), _output.call);

    /// <summary>Computes the attention with other products than the module's own, also when that is disposed.</summary>
    /// <param name="x">[N, L, W].</param>
    /// <param name="mask">Added to the attention logits, or null.</param>
    /// <param name="input">The projection to queries, keys and values.</param>
    /// <param name="output">The projection of what was attended to.</param>
    public Tensor Compute(Tensor x, Tensor? mask, Func<Tensor, Tensor> input, Func<Tensor, Tensor> output)
    {
        using var scope = NewDisposeScope();
        var projected = input(x).chunk(3, dim: 2);                                            // 3 x [N, L, W]
        var attended = AttentionHeads.Attend(
            Rotate(projected[0]), Rotate(projected[1]), projected[2], _heads, mask, causal: _causal && mask is null);
        return output(attended).MoveToOuterDisposeScope();
    }

    /// <summary>The attention of further tokens to themselves and to those before them.</summary>
    /// <param name="x">The further tokens [N, T, W].</param>
    /// <param name="before">Keys and values of those before them, to which theirs are added.</param>
    /// <param name="layer">Which of the cache's layers this one is.</param>
    /// <param name="mask">Added to the attention logits, broadcast to [N, heads, T, all]; null where every token is seen.</param>
    public Tensor Continue(Tensor x, KeyValueCache before, int layer, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var projected = nn.functional.linear(x, _inputWeight, _inputBias).chunk(3, dim: 2);
        var (keys, values) = before.Append(layer, projected[1], projected[2]);
        return _output.call(AttentionHeads.Attend(projected[0], keys, values, _heads, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights as in the text tower (openai/CLIP, initialize_parameters).</summary>
    /// <param name="inputDeviation">Standard deviation of the query, key and value weights.</param>
    /// <param name="outputDeviation">Standard deviation of the output weights.</param>
    public void InitializeNormal(double inputDeviation, double outputDeviation)
    {
        nn.init.normal_(_inputWeight, std: inputDeviation);
        nn.init.normal_(_output.Weight, std: outputDeviation);
        InitializeBiases();
    }

    /// <summary>Draws the weights as PyTorch's MultiheadAttention does, which the image tower of the original keeps.</summary>
    public void InitializeDefault()
    {
        nn.init.xavier_uniform_(_inputWeight);
        LinearInitializer.Weight(_output.Weight);
        InitializeBiases();
    }

    /// <summary>Draws the weights as SigLIP does (google-research/big_vision, models/vit.py): Xavier's uniform, per projection.</summary>
    public void InitializeXavier()
    {
        foreach (var projection in _inputWeight.detach().chunk(3))
            nn.init.xavier_uniform_(projection);
        nn.init.xavier_uniform_(_output.Weight);
        InitializeBiases();
    }

    private Tensor Rotate(Tensor x) => _rotary is null ? x : _rotary.Rotate(x, _heads);

    private void InitializeBiases()
    {
        foreach (var bias in new[] { _inputBias, _output.BiasOrNull }.OfType<Parameter>())
            nn.init.zeros_(bias);
    }
}
