namespace Clip.DependencyInjection;

/// <summary>The names under which metrics, traces and log lines appear.</summary>
public static class ClipTelemetry
{
    /// <summary>The meter: <c>metrics.AddMeter(ClipTelemetry.MeterName)</c>.</summary>
    public const string MeterName = "Clip";

    /// <summary>The activity source: <c>tracing.AddSource(ClipTelemetry.ActivitySourceName)</c>.</summary>
    public const string ActivitySourceName = "Clip";

    /// <summary>The category of the log.</summary>
    public const string LogCategory = "Clip";

    /// <summary>Counter of images embedded or classified.</summary>
    public const string ImagesInstrument = "clip.images";

    /// <summary>Counter of texts embedded.</summary>
    public const string TextsInstrument = "clip.texts";

    /// <summary>Histogram of the seconds that a call computes, without its waiting for the model or for other calls.</summary>
    public const string OperationDurationInstrument = "clip.operation.duration";

    /// <summary>Histogram of the seconds that calls wait for others: see <see cref="ClipOptions.MaxConcurrency"/>.</summary>
    public const string QueueDurationInstrument = "clip.queue.duration";

    /// <summary>Histogram of the seconds of loading a model, downloads included.</summary>
    public const string LoadDurationInstrument = "clip.load.duration";

    /// <summary>Tag and attribute: the model, as the options name it.</summary>
    public const string ModelTag = "clip.model";

    /// <summary>Tag: the name of the operation's activity.</summary>
    public const string OperationTag = "clip.operation";

    /// <summary>Attribute of activities: the number of images or texts.</summary>
    public const string ItemsTag = "clip.items";

    /// <summary>Tag and attribute of what failed: the exception's type, or "cancelled".</summary>
    public const string ErrorTag = "error.type";

    /// <summary>Activity: a model is loaded.</summary>
    public const string LoadActivity = "clip.load";

    /// <summary>Activity: images are embedded.</summary>
    public const string EmbedImagesActivity = "clip.embed_images";

    /// <summary>Activity: texts are embedded.</summary>
    public const string EmbedTextsActivity = "clip.embed_texts";

    /// <summary>Activity: images are classified.</summary>
    public const string ClassifyActivity = "clip.classify";

    /// <summary>Activity: the class embeddings of a classifier are computed.</summary>
    public const string BuildClassifierActivity = "clip.build_classifier";
}
