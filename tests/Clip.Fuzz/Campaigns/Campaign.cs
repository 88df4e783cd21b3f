using System.Globalization;
using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Campaigns;

/// <summary>Reads many inputs of many targets in processes of their own, counts how they end, and saves those that show something.</summary>
internal sealed class Campaign(CampaignOptions options)
{
    // Enough that starting a process counts for little, and so little that a call can stop soon.
    private const int BlockInputs = 2000;
    private const int MostSaved = 20;

    private readonly CampaignState _state = CampaignState.ReadOrCreate(options.StatePath, options.Seed);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly Lock _lock = new();

    /// <summary>Runs it.</summary>
    /// <returns>The numbers.</returns>
    public async Task<CampaignState> RunAsync()
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs };
        await Parallel.ForEachAsync(options.Targets, parallel, async (target, _) => await RunAsync(target).ConfigureAwait(false)).ConfigureAwait(false);
        return _state;
    }

    private async Task RunAsync(FuzzTarget target)
    {
        var share = (double)options.Inputs * target.Share / options.Targets.Sum(other => other.Share);
        var end = (long)Math.Ceiling(share);
        TargetReport report;
        lock (_lock)
            report = _state.Of(target.Name);
        while (report.Inputs < end && !(TimeProvider.System.GetElapsedTime(_started) > options.Limit))
        {
            var begun = TimeProvider.System.GetTimestamp();
            await WorkerProcess.RunAsync(
                target, options.Seed, report.Inputs, Math.Min(end, report.Inputs + BlockInputs), TimeLimits.Default,
                (number, outcome) => Count(target, report, number, outcome)).ConfigureAwait(false);
            lock (_lock)
            {
                report.Seconds += TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
                if (options.StatePath is { } path)
                    _state.Write(path);
            }
        }
    }

    private void Count(FuzzTarget target, TargetReport report, long number, Outcome outcome)
    {
        lock (_lock)
        {
            report.Inputs = number + 1;
            if (outcome.Finding is { } finding)
            {
                report.Findings[finding.Kind] = report.Findings.GetValueOrDefault(finding.Kind) + 1;
                if (report.Findings.Values.Sum() <= MostSaved)
                    Save(target, number, finding);
            }
            else if (outcome.Refusal is { } refusal)
            {
                report.Refused[refusal] = report.Refused.GetValueOrDefault(refusal) + 1;
            }
            else
            {
                report.Accepted++;
            }
        }
    }

    private void Save(FuzzTarget target, long number, Finding finding)
    {
        var folder = Path.Combine(options.FindingsFolder, target.Name, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}"));
        var (name, bytes) = InputMaker.Make(target, options.Seed, number);
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        File.WriteAllText(Path.Combine(folder, "finding.txt"), $"--replay {path} --target {target.Name}\n{finding.Kind}: {finding.Problem}\n");
        Console.Error.WriteLine($"{target.Name}, input {number}: {finding.Kind}: {finding.Problem.Split('\n')[0]} (saved in {folder})");
    }
}
