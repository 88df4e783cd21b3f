namespace Clip.Models;

/// <summary>Makes layers and parameters whose memory is allocated but not filled: a checkpoint or an initializer does that.</summary>
/// <remarks>
/// <para>
/// Filling them at random first, as TorchSharp's layers do, would cost more than reading a checkpoint. On the meta device
/// nothing is allocated at all, which gives names and shapes of any config for free.
/// </para>
/// <para>
/// In half precision only what multiplies activations is stored in half: linear layers, convolutions, attention and
/// projections. Norms, embeddings and scales stay in float32, as in the original code (openai/CLIP, convert_weights).
/// </para>
/// </remarks>
/// <param name="dtype">Dtype of the weights that multiply activations.</param>
/// <param name="device">Where the weights are.</param>
/// <param name="memory">Lets the blocks of a transformer share memory, where the network is only packed; null where each block has its own.</param>
/// <param name="blocks">Makes the weights of such blocks; null for others.</param>
internal sealed class WeightFactory(ScalarType dtype, Device device, BlockMemory? memory = null, BlockMemory.Blocks? blocks = null)
{
    /// <summary>Dtype of the weights that multiply activations.</summary>
    public ScalarType DType => dtype;

    /// <summary>Where the weights are.</summary>
    public Device Device => device;

    /// <summary>The memory that blocks of a transformer share, which are then filled when they are packed; null where they do not.</summary>
    public BlockMemory? Memory => memory;

    /// <summary>Makes blocks that are packed one after the other, which may share memory.</summary>
    /// <param name="count">How many.</param>
    /// <param name="create">Makes one.</param>
    public TBlock[] CreateBlocks<TBlock>(int count, Func<WeightFactory, TBlock> create)
    {
        var shared = memory?.ForTransformer(this);
        var weights = shared is null ? this : new WeightFactory(dtype, device, memory, shared);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            shared?.Begin();
            return create(weights);
        })];
    }

    /// <summary>A parameter that multiplies activations.</summary>
    public Parameter Matrix(params long[] shape) => Create(shape, dtype);

    /// <summary>A parameter that stays in float32 in half precision.</summary>
    public Parameter Sensitive(params long[] shape) => Create(shape, ScalarType.Float32);

    /// <param name="inputs">Channels that come in.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="stride">Pixels from one place of the kernel to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="groups">Groups of channels that do not see each other; as many as channels for a depthwise convolution.</param>
    public Conv2d Conv2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool bias = false, long groups = 1)
    {
        // On the meta device the layer's own initialization does nothing.
        var convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups: groups, bias: bias, device: META);
        convolution.weight = Matrix(outputs, inputs / groups, kernel, kernel);
        if (bias)
            convolution.bias = Matrix(outputs);
        return convolution;
    }

    public MapBatchNorm BatchNorm(long channels) => new(channels, device);

    private Parameter Create(long[] shape, ScalarType type)
    {
        if (blocks is not null)
            return blocks.Create(shape, type);
        var parameter = nn.Parameter(empty(shape, type, device));
        // Parameters belong to their module, also when it is built inside someone's dispose scope.
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
