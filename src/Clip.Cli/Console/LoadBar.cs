namespace Clip.Cli;

/// <summary>Shows the bytes of the file that is coming from the Hub, then those of the weights that are read.</summary>
internal sealed class LoadBar(IProgress<(double Done, double? Total)> target) : IProgress<LoadProgress>
{
    // A bar has fewer steps than that.
    private const int Steps = 200;

    private readonly Lock _lock = new();
    private (LoadStage Stage, string? File, long Step) _last = (LoadStage.Done, null, -1);

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        var step = value.TotalBytes is > 0 and var total ? value.BytesReceived * Steps / total : 0;
        lock (_lock)
        {
            if (_last == (value.Stage, value.File, step))
                return;
            _last = (value.Stage, value.File, step);
            target.Report(value.TotalBytes is null ? (0, null) : (value.BytesReceived, value.TotalBytes));
        }
    }
}
