namespace Clip.TestUtilities;

/// <summary>Objects that nobody has disposed and nobody refers to any more.</summary>
public static class Unreachable
{
    /// <summary>Waits until the garbage collector has taken an object.</summary>
    /// <param name="target">The object, which a method of its own made that is not inlined: no local of the test may keep it.</param>
    /// <exception cref="TimeoutException">Something still refers to it.</exception>
    public static Task CollectAsync(WeakReference target) => Patience.UntilAsync(() =>
    {
        Collect();
        return !target.IsAlive;
    });

    /// <summary>Waits until the garbage collector, or what it started, has made a condition true.</summary>
    /// <param name="condition">What must become true.</param>
    /// <exception cref="TimeoutException">It did not.</exception>
    public static Task UntilAsync(Func<bool> condition) => Patience.UntilAsync(() =>
    {
        Collect();
        return condition();
    });

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
