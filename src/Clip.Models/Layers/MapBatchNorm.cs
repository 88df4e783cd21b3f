using Clip.Shared;

namespace Clip.Models;

/// <summary>A batch norm of feature maps, as <see cref="BatchNorm2d"/>, whose own pass counts batches with a number that may be freed too early.</summary>
/// <remarks>
/// <para>Maps activations of shape [N, C, H, W] to the same shape and dtype.</para>
/// <para>Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithms 1 and 2; for the number, <c>TensorArithmetic</c>.</para>
/// </remarks>
internal sealed class MapBatchNorm : BatchNorm
{
    private const double Epsilon = 1e-5, Momentum = 0.1;

    // With a dtype given, TorchSharp would give it to the count of batches too, which is an integer.
    public MapBatchNorm(long channels, Device device)
        : base(channels, Epsilon, Momentum, affine: true, track_running_stats: true, device, dtype: null, nameof(MapBatchNorm))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        ValidateInputDimensions(x);
        if (training)
            num_batches_tracked!.AddInPlace(1);
        return nn.functional.batch_norm(x, running_mean, running_var, weight, bias, training, momentum ?? 1.0 / num_batches_tracked!.ReadInt64(), eps);
    }

    /// <inheritdoc/>
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.dim() != 4)
            throw new ArgumentException($"A batch norm of feature maps takes [N, C, H, W] but was given {input.dim()} dimensions.", nameof(input));
    }
}
