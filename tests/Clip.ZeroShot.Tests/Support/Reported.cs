namespace Clip.ZeroShot.Tests.Support;

/// <summary>Keeps what is reported, on the reporting thread.</summary>
internal sealed class Reported<T>(Action<T>? onReport = null) : IProgress<T>
{
    public List<T> Values { get; } = [];

    public void Report(T value)
    {
        Values.Add(value);
        onReport?.Invoke(value);
    }
}
