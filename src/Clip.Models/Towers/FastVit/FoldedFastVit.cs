using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A FastViT, norms and branches folded, in libtorch's operators: for dtypes and processors without a kernel.</summary>
internal sealed class FoldedFastVit : IDisposable
{
    private readonly FastVitWeights _weights;
    private readonly FastVitStageWeights[] _stages;
    private readonly List<Tensor> _tensors = [];

    /// <summary>Takes the weights over.</summary>
    public FoldedFastVit(FastVitWeights weights)
    {
        _stages = [.. weights.Stages.Select(stage => stage with { Blocks = [.. stage.Blocks] })];
        _weights = weights with { Stages = _stages };
        Keep([.. weights.Stem, weights.Final]);
        Keep(weights.FinalGate);
        foreach (var stage in _stages)
        {
            Keep(stage.Downsample?.Spatial, stage.Downsample?.Pointwise, stage.Positions);
            Keep(stage.Downsample?.Gate);
            foreach (var (mixer, attention, mlp) in stage.Blocks)
            {
                Keep(mixer, mlp.Spatial);
                Keep(mlp.ExpandWeight, mlp.ExpandBias, mlp.ContractWeight, mlp.ContractBias);
                if (attention is not null)
                    Keep(attention.Norm?.Weight, attention.Norm?.Bias, attention.InputWeight, attention.InputBias, attention.OutputWeight, attention.OutputBias);
            }
        }
    }

    /// <summary>Pixels to tokens, [N, 3, H, W] to [N, P, C].</summary>
    public Tensor Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = pixels;
        foreach (var convolution in _weights.Stem)
            x = nn.functional.gelu(Convolve(convolution, x));
        foreach (var stage in _stages)
            x = Compute(stage, x);
        x = nn.functional.gelu(Gate(_weights.FinalGate, Convolve(_weights.Final, x)));
        return x.flatten(2).transpose(1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());

    private static Tensor Compute(FastVitStageWeights stage, Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        if (stage.Downsample is { } downsample)
        {
            x = Convolve(downsample.Spatial, x);
            if (downsample.Gate is { } gate)
                x = Gate(gate, x);
            x = nn.functional.gelu(Convolve(downsample.Pointwise, nn.functional.gelu(x)));
        }
        if (stage.Positions is { } positions)
            x = Convolve(positions, x);
        foreach (var block in stage.Blocks)
            x = Compute(block, x);
        return x.MoveToOuterDisposeScope();
    }

    private static Tensor Compute(FastVitBlockWeights block, Tensor x)
    {
        using var scope = NewDisposeScope();
        var mixed = block.Mixer is { } mixer ? Convolve(mixer, x) : x.Plus(Attend(block.Attention!, x));
        var mlp = block.Mlp;
        var hidden = nn.functional.gelu(Multiply(Convolve(mlp.Spatial, mixed), mlp.ExpandWeight, mlp.ExpandBias));
        return mixed.Plus(Multiply(hidden, mlp.ContractWeight, mlp.ContractBias)).MoveToOuterDisposeScope();
    }

    private static Tensor Attend(GridAttentionWeights attention, Tensor x)
    {
        var tokens = x.flatten(2).transpose(1, 2);                                       // [N, P, C]
        var channels = tokens.shape[2];
        if (attention.Norm is { } norm)
            tokens = nn.functional.layer_norm(tokens.to(norm.Weight.dtype), [channels], norm.Weight, norm.Bias, attention.NormEpsilon).to(x.dtype);
        var projected = nn.functional.linear(tokens, attention.InputWeight, attention.InputBias).chunk(3, dim: 2);
        var attended = AttentionHeads.Attend(projected[0], projected[1], projected[2], attention.Heads);
        return nn.functional.linear(attended, attention.OutputWeight, attention.OutputBias).transpose(1, 2).unflatten(2, x.shape[2], x.shape[3]);
    }

    private static Tensor Gate(SqueezeExciteWeights gate, Tensor x)
    {
        var hidden = nn.functional.linear(x.mean([2, 3]), gate.ReduceWeight, gate.ReduceBias).relu_();
        return x * nn.functional.linear(hidden, gate.ExpandWeight, gate.ExpandBias).sigmoid_().unsqueeze(2).unsqueeze(3);
    }

    private static Tensor Convolve(FoldedConvolution convolution, Tensor x)
    {
        var (stride, shape) = (convolution.Stride, convolution.Weight.shape);
        return nn.functional.conv2d(x, convolution.Weight, convolution.Bias, [stride, stride], [shape[2] / 2, shape[3] / 2], groups: convolution.Groups);
    }

    private static Tensor Multiply(Tensor x, Tensor weight, Tensor bias) => nn.functional.conv2d(x, weight.unsqueeze(2).unsqueeze(3), bias);

    private void Keep(params IEnumerable<FoldedConvolution?> convolutions)
    {
        foreach (var convolution in convolutions)
            Keep(convolution?.Weight, convolution?.Bias);
    }

    private void Keep(SqueezeExciteWeights? gate) => Keep(gate?.ReduceWeight, gate?.ReduceBias, gate?.ExpandWeight, gate?.ExpandBias);

    private void Keep(params IEnumerable<Tensor?> tensors)
    {
        foreach (var tensor in tensors.OfType<Tensor>())
            _tensors.Add(tensor.DetachFromDisposeScope());
    }
}
