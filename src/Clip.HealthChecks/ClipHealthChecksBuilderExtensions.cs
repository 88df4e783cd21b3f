using Clip.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of CLIP models.</summary>
public static class ClipHealthChecksBuilderExtensions
{
    /// <summary>The name of the check of a model without a key.</summary>
    private const string DefaultName = "clip";

    /// <summary>Adds a check that is healthy when a model is loaded and its classifiers are built.</summary>
    /// <remarks>
    /// It computes nothing and loads nothing, so it may be asked often: with <c>WarmUp</c> or <c>WarmUpInBackground</c> the model is loaded
    /// without it. Its data say the model, its state, its device and precision, and when it last embedded something.
    /// </remarks>
    /// <param name="builder">The builder of health checks.</param>
    /// <param name="serviceKey">The key that the model was added with; null for the one without.</param>
    /// <param name="name">The check's name; null for "clip", or "clip:" and the key.</param>
    /// <param name="failureStatus">What it reports while the model cannot be used; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Words by which endpoints choose checks, such as "ready".</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddClip(
        this IHealthChecksBuilder builder, string? serviceKey = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= serviceKey is null ? DefaultName : $"{DefaultName}:{serviceKey}";
        return builder.Add(new HealthCheckRegistration(name, services => new ClipHealthCheck(services, serviceKey), failureStatus, tags));
    }
}
