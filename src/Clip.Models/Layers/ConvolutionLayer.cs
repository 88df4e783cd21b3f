namespace Clip.Models;

/// <summary>A convolution with a bias or without one, in groups of channels, which pads by half of its kernel.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, outputs, H / stride, W / stride], rounded up.</remarks>
internal sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    private readonly long _stride;
    private readonly long _groups;
    private readonly long[] _padding;

    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter? _bias;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="kernel">Height and width of the kernel, both odd.</param>
    /// <param name="stride">Positions from one result to the next.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public ConvolutionLayer(
        WeightFactory weights, long inputs, long outputs, (long Height, long Width) kernel, long stride = 1, long groups = 1, bool bias = false)
        : base(nameof(ConvolutionLayer))
    {
        _stride = stride;
        _groups = groups;
        _padding = [kernel.Height / 2, kernel.Width / 2];
        _weight = weights.Matrix(outputs, inputs / groups, kernel.Height, kernel.Width);
        if (bias)
            _bias = weights.Matrix(outputs);
        RegisterComponents();
    }

    /// <summary>[outputs, inputs / groups, height, width].</summary>
    public Parameter Weight => _weight;

    /// <summary>[outputs]; null where the layer has none.</summary>
    public Parameter? BiasOrNull => _bias;

    /// <summary>Positions from one result to the next.</summary>
    public long Stride => _stride;

    /// <summary>Groups of channels.</summary>
    public long Groups => _groups;

    public override Tensor forward(Tensor x) => nn.functional.conv2d(x, _weight, _bias, [_stride, _stride], _padding, groups: _groups);

    /// <summary>Draws the weights as PyTorch does.</summary>
    public void Initialize()
    {
        LinearInitializer.Weight(_weight);
        if (_bias is not null)
            LinearInitializer.Bias(_bias, _weight.numel() / _weight.shape[0]);
    }
}
