using Clip.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Web.Shared;

/// <summary>Ready means that the model is loaded and every classifier's labels are embedded.</summary>
/// <param name="model">The model.</param>
/// <param name="services">The container with the application's classifiers.</param>
internal sealed class ModelHealthCheck(IClipModelProvider model, IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var classifiers = services.GetKeyedServices<ImageClassifier>(KeyedService.AnyKey);
        LoadState[] states = [model.State, .. classifiers.Select(classifier => classifier.State)];
        return Task.FromResult(Array.TrueForAll(states, state => state == LoadState.Loaded)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"model and classifiers: {string.Join(", ", states)}"));
    }
}
