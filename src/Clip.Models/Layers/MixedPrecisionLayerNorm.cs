using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A layer norm that computes in the precision of its own weights and answers in that of its input.</summary>
/// <remarks>
/// Maps [..., W] to the same shape and dtype, or [N, W, rows, columns] where channels come first. With half-precision input it is the original's float32
/// layer norm.
/// </remarks>
internal sealed class MixedPrecisionLayerNorm : nn.Module<Tensor, Tensor>, ITrainedLayer
{
    private readonly long[] _shape;
    private readonly double _epsilon;
    private readonly bool _channelsFirst;

    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter? _bias;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="width">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="channelsFirst">Whether the channels are the second dimension rather than the last.</param>
    public MixedPrecisionLayerNorm(WeightFactory weights, long width, double epsilon, bool bias = true, bool channelsFirst = false)
        : base(nameof(MixedPrecisionLayerNorm))
    {
        _shape = [width];
        _epsilon = epsilon;
        _channelsFirst = channelsFirst;
        _weight = weights.Sensitive(width);
        if (bias)
            _bias = weights.Sensitive(width);
        RegisterComponents();
    }

    /// <summary>Gains and biases [W], of a norm that has both.</summary>
    public (Tensor Weight, Tensor Bias) Affine => (_weight, _bias!);

    /// <inheritdoc/>
    public ITrainingKernels? Kernels { get; set; }

    public override Tensor forward(Tensor x)
    {
        if (!_channelsFirst)
            return Compute(x);
        using var scope = NewDisposeScope();
        return Compute(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Sets gains to one and biases to zero.</summary>
    public void Initialize()
    {
        nn.init.ones_(_weight);
        if (_bias is not null)
            nn.init.zeros_(_bias);
    }

    private Tensor Compute(Tensor x)
    {
        if (_bias is not null && Kernels?.TryBeginNorm(Affine, _epsilon, x) is { } pass)
            return TrainedPart.Run(pass, x, _weight.requires_grad || _bias.requires_grad);
        if (x.dtype == _weight.dtype)
            return nn.functional.layer_norm(x, _shape, _weight, _bias, _epsilon);

        using var precise = x.to(_weight.dtype);
        using var normalized = nn.functional.layer_norm(precise, _shape, _weight, _bias, _epsilon);
        return normalized.to(x.dtype);
    }
}
