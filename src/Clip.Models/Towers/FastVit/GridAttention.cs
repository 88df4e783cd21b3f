using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Attention of all positions of an image to each other, with heads of 32 channels.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Vasu et al. 2023, "FastViT", section 3.2.</remarks>
internal sealed class GridAttention : nn.Module<Tensor, Tensor>
{
    /// <summary>Channels of a head.</summary>
    public const int HeadWidth = 32;

    private const double Deviation = 0.02;

    private readonly int _heads;

    [ComponentName(Name = "qkv")] private readonly LinearLayer _input;
    [ComponentName(Name = "proj")] private readonly LinearLayer _output;

    public GridAttention(WeightFactory weights, long channels)
        : base(nameof(GridAttention))
    {
        _heads = (int)(channels / HeadWidth);
        _input = new LinearLayer(weights, channels, 3 * channels, bias: false);
        _output = new LinearLayer(weights, channels, channels);
        RegisterComponents();
    }

    /// <summary>Folds what stands before and behind; call it in a dispose scope.</summary>
    /// <param name="dtype">Dtype of the result.</param>
    /// <param name="norm">The norm of the input.</param>
    /// <param name="gains">Gains behind the branch, [C] float64.</param>
    public GridAttentionWeights Fold(ScalarType dtype, GridNorm norm, Tensor gains)
    {
        var output = (Weight: _output.Weight.detach().to(ScalarType.Float64) * gains.unsqueeze(1), Bias: _output.Bias.detach().to(ScalarType.Float64) * gains);
        var (inputWeight, inputBias) = (_input.Weight.detach(), (Tensor?)null);
        if (norm.Batch is { } batch)
        {
            var (scale, shift) = BatchNormTerms.Of(batch);
            var precise = inputWeight.to(ScalarType.Float64);
            (inputWeight, inputBias) = ((precise * scale).to(dtype), precise.mv(shift).to(dtype));
        }
        return new(norm.Affine, GridNorm.Epsilon, inputWeight, inputBias, output.Weight.to(dtype), output.Bias.to(dtype), _heads);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (x.shape[2], x.shape[3]);
        var tokens = x.flatten(2).transpose(1, 2);                                       // [N, P, C]
        var projected = _input.call(tokens).chunk(3, dim: 2);
        var attended = _output.call(AttentionHeads.Attend(projected[0], projected[1], projected[2], _heads));
        return attended.transpose(1, 2).unflatten(2, height, width).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights as timm does: truncated normal distributions, zero biases.</summary>
    public void Initialize()
    {
        nn.init.trunc_normal_(_input.Weight, std: Deviation);
        nn.init.trunc_normal_(_output.Weight, std: Deviation);
        nn.init.zeros_(_output.Bias);
    }
}
