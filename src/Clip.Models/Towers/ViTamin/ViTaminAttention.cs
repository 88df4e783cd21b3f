namespace Clip.Models;

/// <summary>Multi-head attention of tokens to each other, by timm's names.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class ViTaminAttention : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;

    [ComponentName(Name = "qkv")] private readonly LinearLayer _input;
    [ComponentName(Name = "proj")] private readonly LinearLayer _output;

    public ViTaminAttention(WeightFactory weights, long width, long heads)
        : base(nameof(ViTaminAttention))
    {
        _heads = heads;
        _input = new LinearLayer(weights, width, 3 * width);
        _output = new LinearLayer(weights, width, width);
        RegisterComponents();
    }

    /// <summary>Queries, keys and values.</summary>
    public LinearLayer Input => _input;

    /// <summary>The projection of what was attended to.</summary>
    public LinearLayer Output => _output;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var projected = _input.call(x).chunk(3, dim: 2);                                       // 3 x [N, L, W]
        return _output.call(AttentionHeads.Attend(projected[0], projected[1], projected[2], _heads)).MoveToOuterDisposeScope();
    }
}
