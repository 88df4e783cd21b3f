using Clip.DependencyInjection;

namespace OpenTelemetry.Trace;

/// <summary>Traces of CLIP models.</summary>
public static class ClipTracerProviderBuilderExtensions
{
    /// <summary>Collects the spans of loads, embeddings and classifications; <see cref="ClipTelemetry"/> has their names and attributes.</summary>
    /// <param name="builder">The builder of tracing.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddClipInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(ClipTelemetry.ActivitySourceName);
    }
}
