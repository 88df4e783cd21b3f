namespace Clip.TestUtilities;

/// <summary>How many tensors of this process hold native memory.</summary>
public static class LiveTensors
{
    /// <summary>Counts after the garbage collector has run what was already unreachable.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
