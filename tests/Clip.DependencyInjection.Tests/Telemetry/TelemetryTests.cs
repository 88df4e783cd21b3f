using System.Diagnostics;
using System.Diagnostics.Metrics;
using Clip.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clip.DependencyInjection.Tests.Telemetry;

public sealed class TelemetryTests(TinyModel tiny)
{
    private readonly CountingLoader _loader = new(tiny.Folder);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metrics_CountAndTimeEveryOperation(bool withFactory)
    {
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddClip().AddEmbeddingGenerator().AddZeroShotClassifier("animals", ["cat", "dog"]);
            if (withFactory)
                services.AddMetrics();
        });
        using var metrics = new Recorder();
        var clock = Stopwatch.StartNew();

        await UseAsync(services);

        const string Model = "clip.model=ViT-B/32";
        Assert.Equal(3, metrics.Sum("clip.texts", Model, "clip.operation=clip.embed_texts"));
        Assert.Equal(2, metrics.Sum("clip.images", Model, "clip.operation=clip.embed_images"));
        Assert.Equal(1, metrics.Sum("clip.images", Model, "clip.operation=clip.classify"));
        Assert.Equal(6, metrics.Sum("clip.images") + metrics.Sum("clip.texts"));
        Assert.Equal(1, metrics.Count("clip.load.duration", Model));
        Assert.Equal(1, metrics.Count("clip.operation.duration", Model, "clip.operation=clip.embed_texts"));
        Assert.Equal(1, metrics.Count("clip.operation.duration", Model, "clip.operation=clip.embed_images"));
        Assert.Equal(1, metrics.Count("clip.operation.duration", Model, "clip.operation=clip.build_classifier"));
        Assert.Equal(1, metrics.Count("clip.operation.duration", Model, "clip.operation=clip.classify"));
        Assert.Equal(3, metrics.Count("clip.queue.duration", Model));
        // In seconds, of which no part has more than the whole; in another unit it would.
        var whole = clock.Elapsed.TotalSeconds;
        var durations = metrics.Measurements.Where(measurement => measurement.Instrument.EndsWith(".duration", StringComparison.Ordinal)).ToList();
        Assert.Equal(8, durations.Count);
        Assert.All(durations, measurement => Assert.InRange(measurement.Value, double.Epsilon, whole));
    }

    [Fact]
    public async Task Metrics_Failures_HaveTheirType()
    {
        _loader.Failure = () => new IOException("offline");
        await using var services = Containers.Create(_loader, services => services.AddClip(options => options.MaxConcurrency = 1).AddEmbeddingGenerator());
        using var metrics = new Recorder();
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();

        await Assert.ThrowsAsync<IOException>(() => generator.GenerateAsync(["a cat"]));
        _loader.Failure = null;
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([new string('x', 200)]));

        Assert.Equal(1, metrics.Count("clip.load.duration", "error.type=System.IO.IOException"));
        Assert.Equal(1, metrics.Count("clip.operation.duration", "error.type=System.ArgumentException", "clip.operation=clip.embed_texts"));
        Assert.Equal(0, metrics.Sum("clip.texts"));
    }

    [Fact]
    public async Task Activities_NameEveryOperation()
    {
        var activities = new List<Activity>();
        using var listener = Listen(activities);
        using var request = new Activity("request").Start();
        await using var services = Containers.Create(_loader, services =>
            services.AddClip().AddEmbeddingGenerator().AddZeroShotClassifier("animals", ["cat", "dog"]));

        await UseAsync(services);

        Assert.Equal(
            ["clip.load", "clip.embed_texts", "clip.embed_images", "clip.build_classifier", "clip.classify"],
            activities.Select(activity => activity.OperationName));
        Assert.All(activities, activity => Assert.Equal("ViT-B/32", activity.GetTagItem("clip.model")));
        Assert.All(activities, activity => Assert.Equal(ActivityStatusCode.Ok, activity.Status));
        Assert.All(activities, activity => Assert.Equal(request.SpanId, activity.ParentSpanId));
        Assert.Equal([null, 3, 2, null, 1], activities.Select(activity => activity.GetTagItem("clip.items")));
    }

    [Fact]
    public async Task Activities_Failure_IsMarked()
    {
        var activities = new List<Activity>();
        using var listener = Listen(activities);
        _loader.Failure = () => new IOException("offline");
        await using var services = Containers.Create(_loader, services => services.AddClip());

        await Assert.ThrowsAsync<IOException>(() => services.GetRequiredService<IClipModelProvider>().GetAsync());

        var activity = Assert.Single(activities);
        Assert.Equal((ActivityStatusCode.Error, "offline"), (activity.Status, activity.StatusDescription));
        Assert.Equal("System.IO.IOException", activity.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Log_TellsLoadingDownloadingAndBuilding()
    {
        var logs = new RecordingLogs();
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
            services.AddClip().AddZeroShotClassifier("animals", ["cat", "dog"]);
        });

        await services.GetRequiredKeyedService<ImageClassifier>("animals").GetAsync();

        Assert.All(logs.Lines, line => Assert.Equal(("Clip", LogLevel.Information), (line.Category, line.Level)));
        var messages = logs.Lines.Select(line => line.Message).ToList();
        Assert.Equal("Loading CLIP model ViT-B/32.", messages[0]);
        Assert.Equal("Downloading weights.bin of CLIP model ViT-B/32: 0 of 1000 bytes.", messages[1]);
        Assert.Equal("Downloading weights.bin of CLIP model ViT-B/32: 1000 of 1000 bytes.", messages[11]);
        Assert.Matches(@"^Loaded CLIP model ViT-B/32 in \d+ ms on cpu in b?float(16|32); embeddings have 48 dimensions\.$", messages[12]);
        Assert.Matches(@"^Built classifier animals of 2 classes on CLIP model ViT-B/32 in \d+ ms\.$", messages[13]);
        Assert.Equal(14, messages.Count);
    }

    [Fact]
    public async Task Log_Failure_HasTheException()
    {
        var logs = new RecordingLogs();
        _loader.Failure = () => new IOException("offline");
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddLogging(logging => logging.AddProvider(logs));
            services.AddClip();
        });

        await Assert.ThrowsAsync<IOException>(() => services.GetRequiredService<IClipModelProvider>().GetAsync());

        var line = Assert.Single(logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Equal("CLIP model ViT-B/32 could not be loaded.", line.Message);
        Assert.IsType<IOException>(line.Exception);
    }

    private static async Task UseAsync(IServiceProvider services)
    {
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();
        await generator.GenerateAsync(["a cat", "a dog", "a bird"]);
        await generator.GenerateAsync([Image.Content(1), Image.Content(2)]);
        await services.GetRequiredKeyedService<ImageClassifier>("animals").ClassifyAsync(Image.Striped(1));
    }

    private static ActivityListener Listen(List<Activity> activities)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClipTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities)
                    activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class Recorder : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Recorder()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ClipTelemetry.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public List<(string Instrument, double Value, string[] Tags)> Measurements { get; } = [];

        public double Sum(string instrument, params string[] tags) => Find(instrument, tags).Sum(measurement => measurement.Value);

        public int Count(string instrument, params string[] tags) => Find(instrument, tags).Count();

        public void Dispose() => _listener.Dispose();

        private IEnumerable<(string Instrument, double Value, string[] Tags)> Find(string instrument, string[] tags) =>
            Measurements.Where(measurement => measurement.Instrument == instrument && tags.All(measurement.Tags.Contains));

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string[] texts = [.. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")];
            lock (Measurements)
                Measurements.Add((instrument.Name, value, texts));
        }
    }
}
