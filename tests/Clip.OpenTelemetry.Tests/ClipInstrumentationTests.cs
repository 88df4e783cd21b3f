using System.Diagnostics;
using Clip.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Clip.Telemetry.Tests;

public sealed class ClipInstrumentationTests
{
    [Fact]
    public async Task AddClipInstrumentation_Embedding_IsExportedAsSpanAndMetric()
    {
        using var folder = new TemporaryFolder();
        using var clip = ClipModel.Load(TinyClip.Write(folder.Path), new ClipModelOptions { Device = "cpu" });
        var spans = new List<Activity>();
        var metrics = new List<Metric>();
        using (Sdk.CreateTracerProviderBuilder().AddClipInstrumentation().AddInMemoryExporter(spans).Build())
        using (var meters = Sdk.CreateMeterProviderBuilder().AddClipInstrumentation().AddInMemoryExporter(metrics).Build())
        {
            await new ClipEmbeddingGenerator(clip).GenerateAsync(["a cat", "a dog"], cancellationToken: Patience.Token);
            Assert.True(meters.ForceFlush());
        }

        var span = Assert.Single(spans, span => span.OperationName == ClipTelemetry.EmbedTextsActivity);
        Assert.Equal((2, clip.Card.Source), (span.GetTagItem(ClipTelemetry.ItemsTag), span.GetTagItem(ClipTelemetry.ModelTag)));
        var texts = metrics.First(metric => metric.Name == ClipTelemetry.TextsInstrument);
        Assert.Equal(2, SumOf(texts));
        Assert.Contains(metrics, metric => metric.Name == ClipTelemetry.OperationDurationInstrument);
    }

    [Fact]
    public void AddClipInstrumentation_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => ((TracerProviderBuilder)null!).AddClipInstrumentation());
        Assert.Throws<ArgumentNullException>(() => ((MeterProviderBuilder)null!).AddClipInstrumentation());
    }

    private static long SumOf(Metric metric)
    {
        var sum = 0L;
        foreach (ref readonly var point in metric.GetMetricPoints())
            sum += point.GetSumLong();
        return sum;
    }
}
