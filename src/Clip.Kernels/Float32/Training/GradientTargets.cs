using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Training;

/// <summary>Finds where gradients of weights go.</summary>
internal static unsafe class GradientTargets
{
    /// <summary>A weight's gradient, which is made where the weight has none yet.</summary>
    /// <param name="weight">The weight; null for one that the layer does not have.</param>
    /// <returns>Where its gradient goes, or no place where it wants none.</returns>
    public static GradientTarget Of(Tensor? weight)
    {
        if (weight is not { requires_grad: true, is_leaf: true })
            return default;
        var gradient = weight.grad;
        if (gradient is not null && gradient.is_contiguous())
            return new GradientTarget((nint)TensorMemory.Pointer<float>(gradient), Accumulates: true);
        var dense = gradient?.contiguous() ?? empty(weight.shape, ScalarType.Float32);
        weight.grad = dense;
        return new GradientTarget((nint)TensorMemory.Pointer<float>(dense), Accumulates: gradient is not null);
    }
}
