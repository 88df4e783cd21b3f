namespace Clip.Models;

/// <summary>A block's MLP: four times as many hidden channels, GELU, and the response norm of the second version.</summary>
/// <remarks>Maps [N, H, W, C] to the same shape.</remarks>
internal sealed class ConvNextMlp : nn.Module<Tensor, Tensor>
{
    private const int Expansion = 4;

    [ComponentName(Name = "fc1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "grn")] private readonly ResponseNorm? _responseNorm;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public ConvNextMlp(WeightFactory weights, long width, bool responseNorm)
        : base(nameof(ConvNextMlp))
    {
        _expand = new LinearLayer(weights, width, Expansion * width);
        if (responseNorm)
            _responseNorm = new ResponseNorm(weights, Expansion * width);
        _contract = new LinearLayer(weights, Expansion * width, width);
        RegisterComponents();
    }

    /// <summary>The layer into the hidden channels.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>The layer out of them.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.gelu(_expand.call(x));                       // [N, H, W, 4 C]
        if (_responseNorm is not null)
            hidden = _responseNorm.call(hidden);
        return _contract.call(hidden).MoveToOuterDisposeScope();
    }
}
