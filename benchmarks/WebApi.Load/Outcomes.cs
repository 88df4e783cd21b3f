using System.Collections.Concurrent;

namespace WebApi.Load;

/// <summary>The statuses and latencies of requests.</summary>
internal sealed class Outcomes
{
    private readonly ConcurrentBag<(int Status, TimeSpan Latency)> _all = [];

    /// <summary>How many were answered 200.</summary>
    public int Served => _all.Count(outcome => outcome.Status == 200);

    /// <summary>How many had no answer.</summary>
    public int Failed => _all.Count(outcome => outcome.Status == 0);

    /// <summary>The longest time to any answer.</summary>
    public TimeSpan Slowest => Longest(_all);

    /// <summary>The longest time to an answer that is not 503.</summary>
    public TimeSpan SlowestServed => Longest(_all.Where(outcome => outcome.Status != 503));

    /// <summary>Adds a request; the status is 0 where there was no answer.</summary>
    public void Add(int status, TimeSpan latency) => _all.Add((status, latency));

    /// <summary>Writes a line per status.</summary>
    public void Write(string title)
    {
        Console.WriteLine(title);
        foreach (var group in _all.GroupBy(outcome => outcome.Status, outcome => outcome.Latency).OrderBy(group => group.Key))
        {
            TimeSpan[] sorted = [.. group.Order()];
            Console.WriteLine(
                $"  {(group.Key == 0 ? "none" : group.Key),4} {sorted.Length,7:N0} times; median {At(sorted, 0.5):N0} ms, 95 % {At(sorted, 0.95):N0} ms, "
                + $"99 % {At(sorted, 0.99):N0} ms, longest {At(sorted, 1):N0} ms");
        }
    }

    private static double At(TimeSpan[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1].TotalMilliseconds;

    private static TimeSpan Longest(IEnumerable<(int Status, TimeSpan Latency)> outcomes) =>
        outcomes.Select(outcome => outcome.Latency).DefaultIfEmpty().Max();
}
