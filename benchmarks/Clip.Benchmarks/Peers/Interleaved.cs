using System.Diagnostics;

namespace Clip.Benchmarks.Peers;

/// <summary>Times several things in turns, so that what else the machine does meets all of them.</summary>
internal static class Interleaved
{
    // libtorch (OpenMP) and ONNX Runtime keep their worker threads spinning for some milliseconds after each run, in wait for the
    // next one. In turns, the threads of the one would take the processors from the other. Forbidding them to spin would slow the
    // one that relies on it; instead each side waits until the other's threads sleep, and wakes its own by a run that is not timed.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    // What takes less is timed several times in a row: timers and the scheduler are not what is compared.
    private const double ShortestSeconds = 0.2;

    private const int MostCalls = 100;

    /// <summary>The median time of each side, in seconds.</summary>
    /// <param name="rounds">Turns of each side that are timed, at least 1.</param>
    /// <param name="sides">What to time.</param>
    public static double[] Medians(int rounds, params ReadOnlySpan<Side> sides)
    {
        var calls = new int[sides.Length];
        var seconds = new List<double>[sides.Length];
        for (var i = 0; i < sides.Length; i++)
        {
            sides[i].WarmUp();
            calls[i] = (int)Math.Clamp(Math.Ceiling(ShortestSeconds / Seconds(sides[i].WarmUp, 1)), 1, MostCalls);
            seconds[i] = [];
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                Thread.Sleep(Pause);
                sides[i].WarmUp();
                seconds[i].Add(Seconds(sides[i].Run, calls[i]));
            }
        }
        return [.. seconds.Select(Median)];
    }

    /// <summary>The middle of some numbers; of an even count, the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Seconds(Action run, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
            run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }

    /// <summary>Something to time.</summary>
    /// <param name="Run">What is timed.</param>
    /// <param name="WarmUp">What goes before it untimed: the same, or a shorter piece of it where it is long.</param>
    internal readonly record struct Side(Action Run, Action WarmUp)
    {
        public static implicit operator Side(Action run) => new(run, run);
    }
}
