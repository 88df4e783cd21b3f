namespace Clip.Models;

/// <summary>Makes tokens of images by convolutions.</summary>
/// <remarks>Maps [N, 3, H, W] to [N, L, W].</remarks>
internal sealed class ViTaminPatches : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "backbone")] private readonly ViTaminBackbone _backbone;

    public ViTaminPatches(WeightFactory weights, ViTaminConfig config)
        : base(nameof(ViTaminPatches))
    {
        _backbone = new ViTaminBackbone(weights, config);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _backbone.Reference;

    /// <summary>The convolutions.</summary>
    public ViTaminBackbone Backbone => _backbone;

    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _backbone.call(pixels).flatten(2).transpose(1, 2).MoveToOuterDisposeScope();
    }
}
