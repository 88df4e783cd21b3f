using System.Globalization;
using Clip.Shards;

namespace Clip.Cli.Shards;

/// <summary>A line for each shard, at once: whoever follows a worker's log waits for it.</summary>
/// <param name="invocation">Where to, and whether lines are JSON.</param>
internal sealed class ShardReport(Invocation invocation) : IProgress<ShardResult>
{
    /// <inheritdoc/>
    public void Report(ShardResult value)
    {
        if (value.Problem is { } problem)
            invocation.Console.Report($"shard {value.Shard.Number} failed: {Failures.Describe(new FailureException(problem))}");
        if (invocation.IsJson)
        {
            Write(new JsonFields
            {
                ["kind"] = "shard",
                ["shard"] = value.Shard.Number,
                ["outcome"] = value.Outcome,
                ["rows"] = value.Rows,
                ["unreadable"] = value.UnreadableRows,
                ["seconds"] = value.Elapsed.TotalSeconds,
                ["problem"] = value.Problem,
            });
        }
        else
        {
            Write(Text($"shard\t{value.Shard.Number}\t{Word(value.Outcome)}\t{value.Rows}\t{value.UnreadableRows}\t{value.Elapsed.TotalSeconds:F1}"));
        }
    }

    /// <summary>Tells what the worker did.</summary>
    public void Report(WorkerNumber worker, ShardRunResult result)
    {
        if (invocation.IsJson)
        {
            Write(new JsonFields
            {
                ["kind"] = "worker",
                ["worker"] = worker.ToString(),
                ["done"] = result.Done,
                ["alreadyDone"] = result.AlreadyDone,
                ["rows"] = result.Rows,
                ["unreadable"] = result.UnreadableRows,
                ["failed"] = result.Failed.Count,
                ["left"] = result.Left,
            });
        }
        else
        {
            Write(Text($"worker {worker}: {result.Done} shards, {result.Rows} rows, {result.UnreadableRows} unreadable, {result.Failed.Count} shards failed, {result.AlreadyDone} there already, {result.Left} left to others"));
        }
    }

    /// <summary>Tells how far all workers are.</summary>
    public void Report(ShardStatus status)
    {
        if (invocation.IsJson)
        {
            Write(new JsonFields
            {
                ["done"] = status.Done,
                ["leased"] = status.Leased,
                ["stale"] = status.Stale,
                ["bad"] = status.Failed.Count,
                ["rows"] = status.Rows,
                ["badShards"] = status.Failed,
            });
        }
        else
        {
            Write(Text($"done\t{status.Done}\nleased\t{status.Leased}\nstale\t{status.Stale}\nbad\t{status.Failed.Count}\nrows\t{status.Rows}"));
            foreach (var number in status.Failed)
                Write($"bad shard\t{number}");
        }
    }

    private static string Word(ShardOutcome outcome) => outcome switch
    {
        ShardOutcome.Done => "done",
        ShardOutcome.Failed => "failed",
        _ => "lost",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Write(object value)
    {
        if (value is JsonFields fields)
            Json.WriteLine(invocation.Console.Output, fields);
        else
            invocation.Console.Output.WriteLine((string)value);
        invocation.Console.Output.Flush();
    }
}
