using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Halves an image between two stages.</summary>
internal sealed class Downsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly Sequential _layers;

    public Downsample(WeightFactory weights, long inputs, long outputs, bool isGated, bool isFolded)
        : base(nameof(Downsample))
    {
        _layers = nn.Sequential(
            ("0", new LargeKernelConvolution(weights, inputs, outputs, isGated, isFolded)),
            ("1", new MobileOneBlock(weights, new MobileOneShape(outputs, outputs, (1, 1)) { HasPointwise = false }, isFolded)));
        RegisterComponents();
    }

    /// <summary>Folds the branches; call it in a dispose scope.</summary>
    public DownsampleWeights Fold(ScalarType dtype)
    {
        var (spatial, pointwise) = (_layers.children().OfType<LargeKernelConvolution>().Single(), _layers.children().OfType<MobileOneBlock>().Single());
        return new(spatial.Fold(dtype), spatial.Gate, pointwise.Fold(dtype));
    }

    public override Tensor forward(Tensor x) => _layers.call(x);
}
