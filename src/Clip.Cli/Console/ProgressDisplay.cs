using Spectre.Console;

namespace Clip.Cli;

/// <summary>A progress bar on standard error while work runs; nothing where standard error is redirected.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work under a bar.</summary>
    /// <param name="console">Where to draw.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="work">The work; it reports how much is done and, when known, how much there is.</param>
    public static async Task<T> RunAsync<T>(ToolConsole console, string title, Func<IProgress<(double Done, double? Total)>, Task<T>> work)
    {
        if (!console.IsErrorTerminal)
            return await work(Silent.Instance);

        var bar = console.ErrorTerminal.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn());
        return await bar.StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(PlainText.OneLine(title)), maxValue: 1))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<(double Done, double? Total)>
    {
        public void Report((double Done, double? Total) value)
        {
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = Math.Max(1, value.Total ?? value.Done + 1);
            task.Value = value.Done;
        }
    }

    private sealed class Silent : IProgress<(double Done, double? Total)>
    {
        public static readonly Silent Instance = new();

        public void Report((double Done, double? Total) value)
        {
        }
    }
}
