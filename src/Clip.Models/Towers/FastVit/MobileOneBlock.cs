using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Branches that are summed: a convolution, a 1 x 1 convolution, and the input, each with a batch norm; or the one convolution that they fold to.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, outputs, H / stride, W / stride]. Source: Vasu et al. 2023, "MobileOne", section 3.2.</remarks>
internal sealed class MobileOneBlock : nn.Module<Tensor, Tensor>
{
    private readonly MobileOneShape _shape;

    [ComponentName(Name = "conv_kxk")] private readonly ModuleList<BatchNormedLayer>? _convolutions;
    [ComponentName(Name = "conv_scale")] private readonly BatchNormedLayer? _pointwise;
    [ComponentName(Name = "identity")] private readonly MapBatchNorm? _identity;
    [ComponentName(Name = "reparam_conv")] private readonly ConvolutionLayer? _folded;
    [ComponentName(Name = "se")] private readonly SqueezeExcite? _gate;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="shape">Its sizes and branches.</param>
    /// <param name="isFolded">Whether the branches are one convolution.</param>
    public MobileOneBlock(WeightFactory weights, MobileOneShape shape, bool isFolded)
        : base(nameof(MobileOneBlock))
    {
        _shape = shape;
        var (inputs, outputs, kernel, stride, groups) = (shape.Inputs, shape.Outputs, shape.Kernel, shape.Stride, shape.Groups);
        if (isFolded)
        {
            _folded = new ConvolutionLayer(weights, inputs, outputs, kernel, stride, groups, bias: true);
        }
        else
        {
            if (shape.HasConvolution)
                _convolutions = nn.ModuleList(new BatchNormedLayer(weights, inputs, outputs, kernel, stride, groups));
            if (shape.HasPointwise)
                _pointwise = new BatchNormedLayer(weights, inputs, outputs, (1, 1), stride, groups);
            if (inputs == outputs && stride == 1)
                _identity = weights.BatchNorm(inputs);
        }
        if (shape.GateChannels is { } hidden)
            _gate = new SqueezeExcite(weights, outputs, hidden);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => (_folded ?? _convolutions![0].Convolution).Weight;

    /// <summary>The weights of what gates the sum; null where nothing does.</summary>
    public SqueezeExciteWeights? Gate => _gate?.Weights;

    /// <summary>All branches in one convolution; call it in a dispose scope.</summary>
    public Kernel Fold()
    {
        if (_folded is not null)
            return Kernel.Of(_folded);
        var (height, width) = _shape.Kernel;
        var identity = _identity is null ? (Kernel?)null
            : Kernel.Identity([_shape.Outputs, _shape.Inputs / _shape.Groups, height, width], _identity.weight!.device).Then(BatchNormTerms.Of(_identity));
        if (_convolutions is null)
            return identity!.Value;
        var sum = _convolutions[0].Fold();
        if (_pointwise is not null)
            sum = sum.Plus(_pointwise.Fold());
        return identity is { } kernel ? sum.Plus(kernel) : sum;
    }

    /// <summary>All branches in one convolution of a dtype; call it in a dispose scope.</summary>
    public FoldedConvolution Fold(ScalarType dtype) => Fold().Fold(dtype, _shape.Stride, _shape.Groups);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = _folded is null ? SumBranches(x) : _folded.call(x);
        if (_gate is not null)
            y = _gate.call(y);
        if (_shape.HasActivation)
            y = nn.functional.gelu(y);
        return y.MoveToOuterDisposeScope();
    }

    private Tensor SumBranches(Tensor x)
    {
        Tensor? sum = null;
        foreach (var branch in (IEnumerable<nn.Module<Tensor, Tensor>?>)[_convolutions?[0], _pointwise, _identity])
        {
            if (branch is not null)
                sum = sum is null ? branch.call(x) : sum.Plus(branch.call(x));
        }
        return sum!;
    }
}
