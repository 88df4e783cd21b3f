using Clip.DependencyInjection;

namespace OpenTelemetry.Metrics;

/// <summary>Metrics of CLIP models.</summary>
public static class ClipMeterProviderBuilderExtensions
{
    /// <summary>Collects counts of images and texts, and durations of loads, calls and queues; <see cref="ClipTelemetry"/> has their names and tags.</summary>
    /// <param name="builder">The builder of metrics.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddClipInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(ClipTelemetry.MeterName);
    }
}
