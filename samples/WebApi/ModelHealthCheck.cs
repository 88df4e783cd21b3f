using Clip.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WebApi;

/// <summary>Ready means that the model is loaded and the labels are embedded.</summary>
internal sealed class ModelHealthCheck(IClipModelProvider model, [FromKeyedServices(Application.DefaultLabels)] ImageClassifier classifier) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var isReady = model.State == LoadState.Loaded && classifier.State == LoadState.Loaded;
        return Task.FromResult(isReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"model: {model.State}, labels: {classifier.State}"));
    }
}
