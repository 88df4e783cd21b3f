namespace Clip.Kernels.Float32.Threads;

/// <summary>Adjacent pieces of work.</summary>
/// <param name="First">The first.</param>
/// <param name="End">The one behind the last.</param>
internal readonly record struct WorkRange(nint First, nint End)
{
    /// <summary>How many there are.</summary>
    public nint Count => End - First;

    /// <summary>One of several nearly equal shares.</summary>
    public static WorkRange Share(nint total, int index, int shares) => new(total * index / shares, total * (index + 1) / shares);
}
