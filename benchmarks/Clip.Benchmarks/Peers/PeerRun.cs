using Clip.Benchmarks.Peers.Cases;
using Clip.Benchmarks.Results;

namespace Clip.Benchmarks.Peers;

/// <summary>Measures cases one after another; each result is printed and kept before the next case begins.</summary>
/// <param name="table">The table for people.</param>
/// <param name="json">The array for programs; null for none.</param>
internal sealed class PeerRun(PeerTable table, IResultWriter<PeerResult>? json)
{
    /// <summary>Measures the cases. One that cannot be measured is a row that says why, and the others are measured all the same.</summary>
    /// <param name="cases">What to measure.</param>
    /// <param name="setting">What they share.</param>
    /// <returns>How many could not be measured.</returns>
    public int Measure(IReadOnlyCollection<PeerCase> cases, PeerSetting setting)
    {
        table.WriteTitles();
        var failures = 0;
        foreach (var one in cases)
        {
            var result = Measure(one, setting);
            table.Write(result);
            json?.Add(result);
            if (result.Error is not null)
                failures++;
        }
        return failures;
    }

    private static PeerResult Measure(PeerCase one, PeerSetting setting)
    {
        try
        {
            return one.Measure(setting);
        }
        catch (Exception e)
        {
            // Whatever it is: a precision that is not served, a graph that is missing or refused, memory that is not there.
            return one.Fail(e);
        }
        finally
        {
            // Weights that a failure left to the finalizer would be missing to the next case.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
