using Microsoft.Extensions.Logging;

namespace Clip.DependencyInjection;

/// <summary>Writes the progress of a load to the log: each file that is downloaded, at every tenth of it.</summary>
internal sealed class LoadProgressLog(ILogger logger, string model) : IProgress<LoadProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _tenths = [];

    public void Report(LoadProgress value)
    {
        if (value is not { Stage: LoadStage.Downloading, File: { } file, TotalBytes: > 0 and { } total })
            return;
        var tenth = 10 * value.BytesReceived / total;
        lock (_lock)
        {
            if (_tenths.TryGetValue(file, out var last) && last >= tenth)
                return;
            _tenths[file] = tenth;
        }
        ClipLog.Downloading(logger, file, model, value.BytesReceived, total);
    }
}
