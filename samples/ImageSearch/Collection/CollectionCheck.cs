using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageSearch;

/// <summary>Whether the collection is open.</summary>
/// <param name="collections">The collection.</param>
internal sealed class CollectionCheck(CollectionProvider collections) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(collections.TryGet() is { } collection
            ? HealthCheckResult.Healthy($"The collection has {collection.Count} images.")
            : new HealthCheckResult(context.Registration.FailureStatus, "The collection is not open yet."));
}
