using Clip.Preprocessing;
using Clip.ZeroShot;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Clip.DependencyInjection;

/// <summary>Adds to a registered model what is built on it.</summary>
public sealed class ClipBuilder
{
    internal ClipBuilder(IServiceCollection services, string? serviceKey)
    {
        (Services, ServiceKey) = (services, serviceKey);
    }

    /// <summary>The container's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the model; null for the one without.</summary>
    public string? ServiceKey { get; }

    /// <summary>Adds an <see cref="ImageClassifier"/> under a key, and its <see cref="ZeroShotClassifier"/> for where it is built already.</summary>
    /// <param name="name">The key.</param>
    /// <param name="classNames">What an image may be of.</param>
    /// <param name="templates">The prompts around a class name; null for "a photo of a {}."</param>
    /// <exception cref="ArgumentException">The name is empty or taken, or there are no classes.</exception>
    public ClipBuilder AddZeroShotClassifier(string name, IReadOnlyList<string> classNames, PromptTemplates? templates = null)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        string[] names = [.. classNames];
        if (names.Length == 0)
            throw new ArgumentException($"The classifier '{name}' has no classes.", nameof(classNames));
        if (Array.FindIndex(names, string.IsNullOrWhiteSpace) is >= 0 and var blank)
            throw new ArgumentException($"{nameof(classNames)}[{blank}] of the classifier '{name}' is blank.", nameof(classNames));
        return AddZeroShotClassifier(name, (clip, cancellationToken) =>
            new ZeroShotClassifier(clip, names, templates, cancellationToken: cancellationToken));
    }

    /// <summary>Adds an <see cref="ImageClassifier"/> that is built as the application says: from a saved bank, with a threshold.</summary>
    /// <param name="name">The key.</param>
    /// <param name="create">Builds it, once; the container disposes it.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public ClipBuilder AddZeroShotClassifier(string name, Func<ClipModel, CancellationToken, ZeroShotClassifier> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        if (Services.Any(service => service.ServiceType == typeof(ImageClassifier) && Equals(service.ServiceKey, name)))
            throw new ArgumentException($"There is a classifier '{name}' already.", nameof(name));

        var key = ServiceKey;
        Services.AddKeyedSingleton(name, (provider, _) =>
            new ImageClassifier(name, provider.GetRequiredKeyedService<ModelWorker>(key), create, provider.GetClipLogger()));
        Services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ImageClassifier>(name).GetNow(
            () => provider.GetRequiredKeyedService<ClipModelProvider>(key).GetNow()));
        Services.AddSingleton(new ClassifierRegistration(key, name));
        return this;
    }

    /// <summary>
    /// Adds <see cref="ClipEmbeddingGenerator"/>, also as the embedding generator of texts and of images that Microsoft.Extensions.AI
    /// defines; with the model's key, where it has one.
    /// </summary>
    public ClipBuilder AddEmbeddingGenerator()
    {
        var key = ServiceKey;
        Services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) =>
            new ClipEmbeddingGenerator(provider.GetRequiredKeyedService<ModelWorker>(key))));
        Alias<IEmbeddingGenerator<string, Embedding<float>>>();
        Alias<IEmbeddingGenerator<DataContent, Embedding<float>>>();
        Alias<IEmbeddingGenerator>();
        return this;

        void Alias<T>()
            where T : class =>
            Services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) => (T)(object)provider.GetRequiredKeyedService<ClipEmbeddingGenerator>(key)));
    }

    /// <summary>Decodes the images of this model by another decoder than <see cref="ImageDecoders.Default"/>.</summary>
    /// <param name="decoder">The decoder, which stays the application's.</param>
    public ClipBuilder UseImageDecoder(IImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        Services.PostConfigure<ClipOptions>(ServiceKey ?? Microsoft.Extensions.Options.Options.DefaultName, options =>
        {
            var configure = options.ConfigureModel;
            options.ConfigureModel = model =>
                (configure is null ? model : configure(model)) is { } configured ? configured with { Images = configured.Images with { Decoder = decoder } } : null!;
        });
        return this;
    }

    /// <summary>
    /// Loads the model, embeds once and builds the model's classifiers while the application starts, before it serves anybody. A
    /// failure ends the start.
    /// </summary>
    public ClipBuilder WarmUp()
    {
        var key = ServiceKey;
        Services.AddSingleton<IHostedService>(provider => new WarmUpService(CreateWarmUp(provider, key)));
        return this;
    }

    /// <summary>
    /// The same, while the application serves already: callers who await the model wait for it, and <see cref="IClipModelProvider.State"/>
    /// tells readiness checks. After a failure the host stops, unless its <c>HostOptions.BackgroundServiceExceptionBehavior</c> says otherwise.
    /// </summary>
    public ClipBuilder WarmUpInBackground()
    {
        var key = ServiceKey;
        Services.AddSingleton<IHostedService>(provider => new BackgroundWarmUpService(CreateWarmUp(provider, key)));
        return this;
    }

    private static ModelWarmUp CreateWarmUp(IServiceProvider provider, string? key)
    {
        var classifiers = provider.GetServices<ClassifierRegistration>()
            .Where(registration => registration.ModelKey == key)
            .Select(registration => provider.GetRequiredKeyedService<ImageClassifier>(registration.Name));
        return new ModelWarmUp(provider.GetRequiredKeyedService<ModelWorker>(key), [.. classifiers], provider.GetClipLogger());
    }
}
