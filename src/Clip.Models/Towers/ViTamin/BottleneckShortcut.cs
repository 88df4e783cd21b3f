namespace Clip.Models;

/// <summary>Brings the input of an inverted bottleneck to the channels of its output.</summary>
internal sealed class BottleneckShortcut : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "expand")] private readonly Conv2d _expand;

    public BottleneckShortcut(WeightFactory weights, long inputs, long outputs)
        : base(nameof(BottleneckShortcut))
    {
        _expand = weights.Conv2d(inputs, outputs, kernel: 1, bias: true);
        RegisterComponents();
    }

    /// <summary>The convolution.</summary>
    public Conv2d Expand => _expand;

    public override Tensor forward(Tensor x) => _expand.call(x);
}
