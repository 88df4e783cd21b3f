namespace Clip.Losses.Tests.Support;

/// <summary>A loss of random pairs in double precision, and its gradients.</summary>
internal static class Gradients
{
    /// <summary>Value, then the gradients of images, texts, scale and bias.</summary>
    public static Tensor[] Of(ContrastiveLoss loss, long count, long size, double factor = 1)
    {
        using var owned = loss;
        var (images, texts, scale, bias) = Inputs(count, size);
        var value = loss.call(images, texts, scale, bias);
        (value * factor).backward();
        return [value.detach(), images.grad!, texts.grad!, scale.grad!, bias.grad!];
    }

    public static (Tensor Images, Tensor Texts, Tensor Scale, Tensor Bias) Inputs(long count, long size)
    {
        manual_seed(11).Dispose();
        return (
            randn([count, size], ScalarType.Float64, requires_grad: true),
            randn([count, size], ScalarType.Float64, requires_grad: true),
            tensor(14.0, ScalarType.Float64, requires_grad: true),
            tensor(-2.0, ScalarType.Float64, requires_grad: true));
    }

    public static void RequireEqual(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, double tolerance)
    {
        foreach (var (one, other) in expected.Zip(actual))
            TensorAssert.Close(one, other, tolerance);
    }
}
