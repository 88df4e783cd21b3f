using Clip.Models;
using Clip.Runtime;

namespace Clip.Cli.Commands;

/// <summary>The self-test's results as a report shows them.</summary>
/// <param name="Results">All results; empty where it was not run.</param>
/// <param name="NotRun">Why it was not run, or null.</param>
internal sealed record SelfTestSummary(IReadOnlyList<SelfTestResult> Results, string? NotRun)
{
    /// <summary>Whether nothing is wrong, as far as it is known.</summary>
    public bool Passes => Results.All(result => result.Passes);

    /// <summary>What is wrong, each on a line, or one line which says that nothing is.</summary>
    public IReadOnlyList<string> Lines =>
        NotRun is not null ? [NotRun]
        : Passes ? [$"{Results.Count} results agree with float64"]
        : [.. Results.Where(result => !result.Passes).Select(result => result.ToString())];

    /// <summary>Runs the self-test, if it can be run.</summary>
    public static SelfTestSummary Run()
    {
        try
        {
            return new(SelfTest.Run(), null);
        }
        catch (InvalidOperationException e)
        {
            return new([], e.Message);
        }
        catch (TorchNotFoundException)
        {
            return new([], "not run: TorchSharp does not load.");
        }
    }
}
