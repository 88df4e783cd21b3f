using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImageSearch;

/// <summary>Traces and metrics for OpenTelemetry, where the settings name a collector.</summary>
internal static class TelemetrySetup
{
    private const string ServiceName = "image-search";

    /// <summary>Adds them: "Telemetry:Endpoint", or the environment's OTEL_EXPORTER_OTLP_ENDPOINT; "Telemetry:Protocol" is Grpc or HttpProtobuf.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var endpoint = builder.Configuration["Telemetry:Endpoint"] is { Length: > 0 } given ? given : builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        if (string.IsNullOrEmpty(endpoint))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName))
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddClipInstrumentation().AddSource(SearchTelemetry.Name))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddClipInstrumentation().AddMeter(SearchTelemetry.Name))
            .UseOtlpExporter(builder.Configuration.GetValue("Telemetry:Protocol", OtlpExportProtocol.Grpc), new Uri(endpoint));
    }
}
