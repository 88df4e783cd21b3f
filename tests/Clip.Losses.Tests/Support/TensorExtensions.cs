namespace Clip.Losses.Tests.Support;

internal static class TensorExtensions
{
    public static double item_double(this Tensor tensor)
    {
        using var precise = tensor.to(ScalarType.Float64);
        return precise.item<double>();
    }
}
