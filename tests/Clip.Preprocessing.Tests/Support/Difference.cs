namespace Clip.Preprocessing.Tests.Support;

internal static class Difference
{
    /// <summary>The largest difference of two bytes at one place.</summary>
    public static int Largest(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Assert.Equal(left.Length, right.Length);
        var largest = 0;
        for (var i = 0; i < left.Length; i++)
            largest = Math.Max(largest, Math.Abs(left[i] - right[i]));
        return largest;
    }

    /// <summary>The mean difference of two bytes at one place.</summary>
    public static double Mean(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Assert.Equal(left.Length, right.Length);
        var sum = 0L;
        for (var i = 0; i < left.Length; i++)
            sum += Math.Abs(left[i] - right[i]);
        return (double)sum / left.Length;
    }
}
