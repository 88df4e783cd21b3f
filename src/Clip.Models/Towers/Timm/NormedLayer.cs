using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A convolution, a batch norm and GELU.</summary>
internal sealed class NormedLayer : nn.Module<Tensor, Tensor>
{
    // PyTorch's default, which the originals keep.
    private const double Epsilon = 1e-5;

    private readonly long _stride, _padding;

    [ComponentName(Name = "conv")] private readonly Conv2d _convolution;
    [ComponentName(Name = "bn")] private readonly MapBatchNorm _norm;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="kernel">Side of the kernel, and the stride.</param>
    /// <param name="padding">Zeros at each side of the image.</param>
    public NormedLayer(WeightFactory weights, long inputs, long outputs, long kernel, long padding = 0)
        : base(nameof(NormedLayer))
    {
        (_stride, _padding) = (kernel, padding);
        _convolution = weights.Conv2d(inputs, outputs, kernel, stride: kernel, padding: padding);
        _norm = weights.BatchNorm(outputs);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _convolution.weight!;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return nn.functional.gelu(_norm.call(_convolution.call(x))).MoveToOuterDisposeScope();
    }

    /// <summary>The one convolution that computes convolution and norm in evaluation mode, and GELU.</summary>
    /// <param name="kernels">Disposes its weights.</param>
    public Func<Tensor, Tensor> Fold(KernelList kernels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var normed = new NormedConvolution(
            _convolution.weight!, _norm.weight!, _norm.bias!, _norm.running_mean!, _norm.running_var!, Epsilon);
        var (folded, shift) = normed.Fold();
        var (weight, bias) = (kernels.Add(folded.DetachFromDisposeScope()), kernels.Add(shift.DetachFromDisposeScope()));
        return x =>
        {
            using var convolved = nn.functional.conv2d(x, weight, bias, strides: [_stride, _stride], padding: [_padding, _padding]);
            return nn.functional.gelu(convolved);
        };
    }

    /// <summary>Draws the weights as PyTorch's layers do.</summary>
    public void Initialize()
    {
        LinearInitializer.Initialize(_convolution);
        nn.init.ones_(_norm.weight!);
        nn.init.zeros_(_norm.bias!);
        nn.init.zeros_(_norm.running_mean!);
        nn.init.ones_(_norm.running_var!);
    }
}
