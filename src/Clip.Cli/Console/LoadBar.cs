namespace Clip.Cli;

/// <summary>Shows the bytes of the file that is coming from the Hub.</summary>
internal sealed class LoadBar(IProgress<(double Done, double? Total)> target) : IProgress<LoadProgress>
{
    /// <inheritdoc/>
    public void Report(LoadProgress value) =>
        target.Report(value.Stage == LoadStage.Downloading ? (value.BytesReceived, value.TotalBytes) : (0, null));
}
