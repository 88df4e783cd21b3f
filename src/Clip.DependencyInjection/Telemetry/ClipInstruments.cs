using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Clip.DependencyInjection;

/// <summary>The instruments of one container, and the activity source of the process.</summary>
internal sealed class ClipInstruments : IDisposable
{
    // Seconds: from a text on a GPU to a batch of images on a CPU.
    private static readonly InstrumentAdvice<double> OperationBuckets = new()
    {
        HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    };

    // Seconds: from a file in the page cache to gigabytes over a slow line.
    private static readonly InstrumentAdvice<double> LoadBuckets = new()
    {
        HistogramBucketBoundaries = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800],
    };

    private static readonly ActivitySource Source = new(ClipTelemetry.ActivitySourceName, Version);

    private readonly Meter? _owned;
    private readonly Counter<long> _images;
    private readonly Counter<long> _texts;
    private readonly Histogram<double> _operations;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _loads;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">Makes the meter, and disposes it; without one the meter is made and disposed here.</param>
    public ClipInstruments(IMeterFactory? factory)
    {
        var options = new MeterOptions(ClipTelemetry.MeterName) { Version = Version };
        var meter = factory?.Create(options) ?? (_owned = new Meter(options));
        _images = meter.CreateCounter<long>(ClipTelemetry.ImagesInstrument, "{image}", "Images embedded or classified.");
        _texts = meter.CreateCounter<long>(ClipTelemetry.TextsInstrument, "{text}", "Texts embedded.");
        _operations = meter.CreateHistogram(ClipTelemetry.OperationDurationInstrument, "s", "Computing of a call.", tags: null, OperationBuckets);
        _queue = meter.CreateHistogram(ClipTelemetry.QueueDurationInstrument, "s", "Waiting of a call for other calls.", tags: null, OperationBuckets);
        _loads = meter.CreateHistogram(ClipTelemetry.LoadDurationInstrument, "s", "Loading of a model, downloads included.", tags: null, LoadBuckets);
    }

    /// <summary>For objects that live outside a container.</summary>
    public static ClipInstruments Shared { get; } = new(factory: null);

    private static string? Version => typeof(ClipInstruments).Assembly.GetName().Version?.ToString(3);

    public static Activity? StartActivity(string name, string model, int? items = null)
    {
        var activity = Source.StartActivity(name);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(ClipTelemetry.ModelTag, model);
            if (items is not null)
                activity.SetTag(ClipTelemetry.ItemsTag, items);
        }
        return activity;
    }

    public static void Fail(Activity? activity, Exception exception)
    {
        activity?.SetTag(ClipTelemetry.ErrorTag, ErrorType(exception));
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    public void RecordLoad(string model, TimeSpan elapsed, Exception? error)
    {
        if (_loads.Enabled)
            _loads.Record(elapsed.TotalSeconds, Tags(model, operation: null, error));
    }

    public void RecordQueue(string model, TimeSpan elapsed)
    {
        if (_queue.Enabled)
            _queue.Record(elapsed.TotalSeconds, Tags(model, operation: null, error: null));
    }

    public void RecordOperation(string operation, string model, int? items, TimeSpan elapsed, Exception? error)
    {
        if (_operations.Enabled)
            _operations.Record(elapsed.TotalSeconds, Tags(model, operation, error));
        if (error is not null || items is not { } count)
            return;
        var counter = operation switch
        {
            ClipTelemetry.EmbedTextsActivity => _texts,
            ClipTelemetry.EmbedImagesActivity or ClipTelemetry.ClassifyActivity => _images,
            _ => null,
        };
        if (counter is { Enabled: true })
            counter.Add(count, Tags(model, operation, error: null));
    }

    public void Dispose() => _owned?.Dispose();

    private static TagList Tags(string model, string? operation, Exception? error)
    {
        var tags = new TagList { { ClipTelemetry.ModelTag, model } };
        if (operation is not null)
            tags.Add(ClipTelemetry.OperationTag, operation);
        if (error is not null)
            tags.Add(ClipTelemetry.ErrorTag, ErrorType(error));
        return tags;
    }

    private static string ErrorType(Exception exception) => exception is OperationCanceledException ? "cancelled" : exception.GetType().FullName!;
}
