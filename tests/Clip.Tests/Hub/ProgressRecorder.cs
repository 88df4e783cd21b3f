using System.Collections.Concurrent;
using Clip.Hub;

namespace Clip.Tests.Hub;

/// <summary>Keeps what is reported, in order, and can act on it at once.</summary>
public sealed class ProgressRecorder(Action<HubProgress>? act = null) : IProgress<HubProgress>
{
    private readonly ConcurrentQueue<HubProgress> _reports = new();

    public IReadOnlyList<HubProgress> Reports => [.. _reports];

    public void Report(HubProgress value)
    {
        _reports.Enqueue(value);
        act?.Invoke(value);
    }
}
