using Xunit.Sdk;

namespace Clip.TestUtilities;

/// <summary>Compares tensors, and says where and by how much they differ.</summary>
public static class TensorAssert
{
    /// <summary>Requires equal shapes and values that differ by no more than a tolerance.</summary>
    /// <param name="expected">The recorded values.</param>
    /// <param name="actual">The computed values; compared in double precision on the CPU.</param>
    /// <param name="tolerance">The largest allowed absolute difference; state where it comes from.</param>
    public static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        RequireEqualShapes(expected, actual);
        if (expected.numel() == 0)
            return;
        var difference = (expected.cpu().to(float64) - actual.cpu().to(float64)).abs();
        var largest = difference.max().item<double>();
        // Written so that NaN fails.
        if (!(largest <= tolerance))
            throw new XunitException($"The largest difference is {largest:G6}, more than {tolerance:G6}, at flat index {difference.argmax().item<long>()}.");
    }

    /// <summary>Requires equal shapes, dtypes and bits; NaN equals NaN of the same bits.</summary>
    /// <param name="expected">The recorded values.</param>
    /// <param name="actual">The computed values.</param>
    public static void BitEqual(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        RequireEqualShapes(expected, actual);
        if (expected.dtype != actual.dtype)
            throw new XunitException($"Expected {expected.dtype}, but it is {actual.dtype}.");
        if (!expected.cpu().contiguous().bytes.SequenceEqual(actual.cpu().contiguous().bytes))
            throw new XunitException("The bits differ.");
    }

    private static void RequireEqualShapes(Tensor expected, Tensor actual)
    {
        if (!expected.shape.SequenceEqual(actual.shape))
            throw new XunitException($"Expected shape [{string.Join(", ", expected.shape)}], but it is [{string.Join(", ", actual.shape)}].");
    }
}
