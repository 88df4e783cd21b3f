using System.Globalization;
using Clip.Training;

namespace Clip.Cli.Training;

/// <summary>Tells how a run goes: a bar on a terminal, lines of text or JSON elsewhere.</summary>
/// <param name="console">Where to.</param>
/// <param name="isJson">Whether lines are JSON.</param>
/// <param name="everySteps">Steps between lines.</param>
/// <param name="bar">Moves the bar.</param>
internal sealed class TrainingReport(ToolConsole console, bool isJson, int everySteps, Action<double, double, string> bar) : IProgress<TrainingProgress>
{
    // Whoever sees the bar is not told twice.
    private readonly bool _writesLines = isJson || !(console.IsOutputTerminal && console.IsErrorTerminal);

    /// <summary>What was told last; null before the first step.</summary>
    public TrainingProgress? Last { get; private set; }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        var isFirst = Last is null;
        Last = value;
        bar(value.Step, value.TotalSteps, Text($"step {value.Step:N0} of {value.TotalSteps:N0}, loss {value.Loss:F3}, {value.PairsPerSecond:F1} pairs/s"));
        if (value.SkipReason is not null)
            console.Report(Text($"step {value.Step} left the weights as they were: {value.SkipReason}."));
        if (!_writesLines || !(isFirst || value.Step % everySteps == 0 || value.Step == value.TotalSteps || value.SkipReason is not null))
            return;
        if (isJson)
        {
            WriteJson(new JsonFields
            {
                ["kind"] = "step",
                ["step"] = value.Step,
                ["totalSteps"] = value.TotalSteps,
                ["loss"] = value.Loss,
                ["learningRate"] = value.LearningRate,
                ["gradientNorm"] = value.GradientNorm,
                ["logitScale"] = value.LogitScale,
                ["pairsPerSecond"] = value.PairsPerSecond,
                ["pairsSeen"] = value.PairsSeen,
                ["skippedSamples"] = value.SkippedSamples,
                ["skippedSteps"] = value.SkippedSteps,
                ["skipReason"] = value.SkipReason,
            });
        }
        else
        {
            WriteLine(Text($"step\t{value.Step}\t{value.Loss:G6}\t{value.LearningRate:G4}\t{value.GradientNorm:G4}\t{value.LogitScale:G5}\t{value.PairsPerSecond:F1}"));
        }
    }

    /// <summary>Tells what an evaluation gave.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="metrics">The metrics, by name.</param>
    public void Report(long step, IReadOnlyDictionary<string, double> metrics)
    {
        var text = string.Join('\t', metrics.Select(metric => Text($"{metric.Key}={metric.Value:F4}")));
        if (isJson)
            WriteJson(new JsonFields { ["kind"] = "evaluation", ["step"] = step, ["metrics"] = metrics });
        else if (_writesLines)
            WriteLine(Text($"evaluation\t{step}\t{text}"));
        else
            console.Report(Text($"step {step}: {text}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void WriteJson(JsonFields value)
    {
        Json.WriteLine(console.Output, value);
        console.Output.Flush();
    }

    // At once: whoever follows a run through a pipe waits for it.
    private void WriteLine(string line)
    {
        console.Output.WriteLine(line);
        console.Output.Flush();
    }
}
