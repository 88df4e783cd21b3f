using Clip.Shared;

namespace Clip.Models;

/// <summary>Multi-head attention within windows, with a learned bias for each displacement (Liu et al. 2021, section 3.2).</summary>
/// <remarks>Maps [N · windows, places, C] to the same shape.</remarks>
internal sealed class SwinAttention : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;
    private readonly long _places;
    private readonly ConstantTensor _numbers;
    private readonly ConstantTensor? _mask;

    [ComponentName(Name = "relative_position_bias_table")] private Parameter _table;
    [ComponentName(Name = "qkv")] private readonly LinearLayer _input;
    [ComponentName(Name = "proj")] private readonly LinearLayer _output;

    public SwinAttention(WeightFactory weights, long width, long heads, SwinWindows windows)
        : base(nameof(SwinAttention))
    {
        _heads = heads;
        _places = (long)windows.Window.Height * windows.Window.Width;
        _numbers = new ConstantTensor(() => tensor(RelativePlaces.Of(windows.Window)), weights, ScalarType.Int64);
        _mask = windows.HasMask ? new ConstantTensor(windows.Mask, weights, weights.DType) : null;
        _table = weights.Sensitive(RelativePlaces.Count(windows.Window), heads);
        _input = new LinearLayer(weights, width, 3 * width);
        _output = new LinearLayer(weights, width, width);
        RegisterComponents();
    }

    /// <summary>Queries, keys and values.</summary>
    public LinearLayer Input => _input;

    /// <summary>The projection of what was attended to.</summary>
    public LinearLayer Output => _output;

    /// <summary>What is added to the attention logits, [1 or windows, heads, places, places].</summary>
    public Tensor GetBias()
    {
        using var scope = NewDisposeScope();
        var (dtype, device) = (_input.Weight.dtype, _input.Weight.device);
        var bias = _table.index_select(0, _numbers.Get(ScalarType.Int64, device)).view(_places, _places, _heads).permute(2, 0, 1).unsqueeze(0).to(dtype);
        // A sum keeps the order of its first term in memory.
        return (_mask is null ? bias : bias.Plus(_mask.Get(dtype, device))).contiguous().MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor windows)
    {
        using var scope = NewDisposeScope();
        var projected = _input.call(windows).chunk(3, dim: 2);                                  // 3 x [N · windows, places, C]
        var bias = GetBias();
        return _output.call(AttentionHeads.Attend(projected[0], projected[1], projected[2], _heads, bias.repeat(windows.shape[0] / bias.shape[0], 1, 1, 1)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Draws the table as timm does.</summary>
    public void Initialize() => nn.init.normal_(_table, std: TimmInitializer.Deviation);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _numbers.Dispose();
            _mask?.Dispose();
        }
        base.Dispose(disposing);
    }
}
