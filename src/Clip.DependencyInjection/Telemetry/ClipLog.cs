using Clip.Runtime;
using Microsoft.Extensions.Logging;

namespace Clip.DependencyInjection;

/// <summary>What is written to the log.</summary>
internal static partial class ClipLog
{
    [LoggerMessage(1, LogLevel.Information, "Loading CLIP model {Model}.")]
    public static partial void LoadStarted(ILogger logger, string model);

    [LoggerMessage(2, LogLevel.Information, "Loaded CLIP model {Model} in {Milliseconds:F0} ms on {Target}; embeddings have {EmbeddingSize} dimensions.")]
    public static partial void LoadFinished(ILogger logger, string model, double milliseconds, ComputeTarget target, int embeddingSize);

    [LoggerMessage(3, LogLevel.Error, "CLIP model {Model} could not be loaded.")]
    public static partial void LoadFailed(ILogger logger, string model, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "The loading of CLIP model {Model} was cancelled.")]
    public static partial void LoadCancelled(ILogger logger, string model);

    [LoggerMessage(5, LogLevel.Information, "Downloading {File} of CLIP model {Model}: {BytesReceived} of {TotalBytes} bytes.")]
    public static partial void Downloading(ILogger logger, string file, string model, long bytesReceived, long totalBytes);

    [LoggerMessage(6, LogLevel.Information, "Built classifier {Classifier} of {Classes} classes on CLIP model {Model} in {Milliseconds:F0} ms.")]
    public static partial void ClassifierBuilt(ILogger logger, string classifier, int classes, string model, double milliseconds);

    [LoggerMessage(7, LogLevel.Error, "Classifier {Classifier} could not be built on CLIP model {Model}.")]
    public static partial void ClassifierFailed(ILogger logger, string classifier, string model, Exception exception);

    [LoggerMessage(8, LogLevel.Information, "CLIP model {Model} is warm.")]
    public static partial void Warm(ILogger logger, string model);
}
