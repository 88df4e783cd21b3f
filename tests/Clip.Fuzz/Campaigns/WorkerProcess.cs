using System.Diagnostics;
using System.Globalization;
using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Campaigns;

/// <summary>Starts a worker, hands on what it says, and ends one that does not get on.</summary>
internal static class WorkerProcess
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    // Objects of .NET; native memory is watched by the trials.
    private const long MostManagedBytes = 1L << 30;
    private const int MostErrorText = 4000;

    /// <summary>Reads inputs until one ends the worker, or all are read.</summary>
    /// <param name="target">The target.</param>
    /// <param name="seed">The campaign's seed.</param>
    /// <param name="first">The first input.</param>
    /// <param name="end">The number after the last.</param>
    /// <param name="limits">How long one input may take.</param>
    /// <param name="report">Told of every outcome, also of the one that ended the worker.</param>
    /// <returns>The number of the next input.</returns>
    public static async Task<long> RunAsync(FuzzTarget target, int seed, long first, long end, TimeLimits limits, Action<long, Outcome> report)
    {
        var folder = Directory.CreateTempSubdirectory("clip-fuzz-worker-");
        try
        {
            using var process = Process.Start(Describe(target, seed, first, end, folder.FullName))!;
            var watch = new Watch(process, first, limits);
            var lines = ReadAsync(process, watch, report);
            var errors = process.StandardError.ReadToEndAsync();
            var hangs = false;
            while (!hangs && await Task.WhenAny(lines, Task.Delay(s_look)).ConfigureAwait(false) != lines)
                hangs = watch.Hangs();
            if (hangs)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().ConfigureAwait(false);
            await lines.ConfigureAwait(false);

            if (watch.Next < end || process.ExitCode != 0)
            {
                var text = await errors.ConfigureAwait(false);
                var problem = string.Create(CultureInfo.InvariantCulture, $"The process ended with code {process.ExitCode}. {text[..Math.Min(text.Length, MostErrorText)]}");
                report(watch.Next, hangs ? Outcome.Found("hang", $"It did not end. {problem}") : Outcome.Found("crash", problem));
                return watch.Next + 1;
            }
            return watch.Next;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ProcessStartInfo Describe(FuzzTarget target, int seed, long first, long end, string folder)
    {
        var start = DotnetProcess.Describe(typeof(WorkerProcess).Assembly.Location, Worker.Arguments(target, seed, first, end));
        start.RedirectStandardError = true;
        start.Environment["TMPDIR"] = folder;
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = MostManagedBytes.ToString("x", CultureInfo.InvariantCulture);
        return start;
    }

    private static async Task ReadAsync(Process process, Watch watch, Action<long, Outcome> report)
    {
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var (number, outcome) = Worker.Parse(line);
            report(number, outcome);
            watch.Advance(number + 1);
        }
    }

    /// <summary>How far a worker has come, and what it used since.</summary>
    private sealed class Watch(Process process, long first, TimeLimits limits)
    {
        private readonly Lock _lock = new();
        private long _since = TimeProvider.System.GetTimestamp();
        private TimeSpan _used;
        private long _seen = first;

        public long Next { get; private set; } = first;

        public void Advance(long next)
        {
            lock (_lock)
                Next = next;
        }

        public bool Hangs()
        {
            try
            {
                process.Refresh();
                var used = process.TotalProcessorTime;
                lock (_lock)
                {
                    if (_seen == Next)
                        return used - _used > limits.Processor || TimeProvider.System.GetElapsedTime(_since) > limits.Clock;
                    (_seen, _used, _since) = (Next, used, TimeProvider.System.GetTimestamp());
                    return false;
                }
            }
            catch (InvalidOperationException)
            {
                // It has ended.
                return false;
            }
        }
    }
}
