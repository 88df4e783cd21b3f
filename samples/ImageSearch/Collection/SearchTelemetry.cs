using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageSearch;

/// <summary>Metrics and traces of the collection, beside those of the model and of the server.</summary>
internal static class SearchTelemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "ImageSearch";

    private static readonly ActivitySource s_source = new(Name);
    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "image_search.search.duration", "s", "Seconds in the vector store.", advice: new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private static volatile ImageCollection? s_collection;

    static SearchTelemetry() => s_meter.CreateObservableGauge(
        "image_search.images", () => s_collection is { } collection ? [new Measurement<int>(collection.Count)] : Array.Empty<Measurement<int>>(), "{image}", "Images of the collection.");

    /// <summary>Names the collection whose images are counted; null for none.</summary>
    public static void Observe(ImageCollection? collection) => s_collection = collection;

    /// <summary>Measures a search of the vector store until it is disposed.</summary>
    public static IDisposable Measure() => new Measured();

    private sealed class Measured : IDisposable
    {
        private readonly Activity? _activity = s_source.StartActivity("image_search.search");
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose()
        {
            s_duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds);
            _activity?.Dispose();
        }
    }
}
