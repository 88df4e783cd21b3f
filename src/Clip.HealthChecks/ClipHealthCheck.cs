using Clip.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Clip.HealthChecks;

/// <summary>Looks at where a model and its classifiers stand; loads and computes nothing.</summary>
internal sealed class ClipHealthCheck(IServiceProvider services, string? serviceKey) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var status = context.Registration.FailureStatus;
        if (services.GetKeyedService<IClipModelProvider>(serviceKey) is not { } provider)
            return Task.FromResult(new HealthCheckResult(status, $"There is no {Called}: services.{(serviceKey is null ? "AddClip" : "AddKeyedClip")}(...) adds it."));

        var classifiers = Classifiers();
        var data = Describe(provider, classifiers);
        return Task.FromResult(Find(provider, classifiers) is var (problem, failure)
            ? new HealthCheckResult(status, problem, failure, data)
            : HealthCheckResult.Healthy($"The {Called} is loaded.", data));
    }

    private string Called => serviceKey is null ? "CLIP model" : $"CLIP model '{serviceKey}'";

    private (string Problem, Exception? Failure)? Find(IClipModelProvider provider, List<ImageClassifier> classifiers)
    {
        if (Find(provider.State, provider.Failure, $"The {Called}", "loaded") is { } problem)
            return (problem, provider.Failure);
        foreach (var classifier in classifiers)
        {
            if (Find(classifier.State, classifier.Failure, classifier.Name.Length == 0 ? "The classifier" : $"The classifier '{classifier.Name}'", "built") is { } waiting)
                return (waiting, classifier.Failure);
        }
        return null;
    }

    private static string? Find(LoadState state, Exception? failure, string what, string done) => state switch
    {
        LoadState.Loaded => null,
        LoadState.Loading => $"{what} is being {done}.",
        LoadState.Failed => $"{what} could not be {done}: {failure?.Message ?? "the attempt failed."}",
        _ => $"{what} is not {done}: nobody has asked for it, and nothing warms it up.",
    };

    private List<ImageClassifier> Classifiers() =>
    [
        .. services.GetServices<ImageClassifier>()
            .Concat(services.GetKeyedServices<ImageClassifier>(KeyedService.AnyKey))
            .Where(classifier => classifier.ModelKey == serviceKey),
    ];

    private Dictionary<string, object> Describe(IClipModelProvider provider, List<ImageClassifier> classifiers)
    {
        var data = new Dictionary<string, object>
        {
            ["model"] = services.GetRequiredService<IOptionsMonitor<ClipOptions>>().Get(serviceKey ?? Microsoft.Extensions.Options.Options.DefaultName).Model,
            ["state"] = provider.State.ToString(),
        };
        if (provider.TryGet(out var model))
        {
            data["device"] = model.Target.Device.ToString();
            data["precision"] = model.Target.Precision.ToString();
            data["embeddingSize"] = model.EmbeddingSize;
        }
        if (provider.LastEmbedding is { } last)
            data["lastEmbedding"] = last;
        foreach (var classifier in classifiers)
            data[classifier.Name.Length == 0 ? "classifier" : $"classifier:{classifier.Name}"] = classifier.State.ToString();
        return data;
    }
}
