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

#pragma warning disable RS0026 // The overloads differ in classes or how to build, which are never left out.

    /// <summary>Adds an <see cref="ImageClassifier"/> with the model's key, and for where it is built already its <see cref="IZeroShotClassifier"/>.</summary>
    /// <param name="classNames">What an image may be of.</param>
    /// <param name="templates">The prompts around a class name; null for "a photo of a {}."</param>
    /// <exception cref="ArgumentException">There is a classifier with that key, or there are no classes.</exception>
    public ClipBuilder AddZeroShotClassifier(IReadOnlyList<string> classNames, PromptTemplates? templates = null) =>
        AddClassifier(ServiceKey, Build(ServiceKey, classNames, templates));

    /// <summary>Adds an <see cref="ImageClassifier"/> under a key, and for where it is built already its <see cref="IZeroShotClassifier"/>.</summary>
    /// <param name="name">The key.</param>
    /// <param name="classNames">What an image may be of.</param>
    /// <param name="templates">The prompts around a class name; null for "a photo of a {}."</param>
    /// <exception cref="ArgumentException">The name is empty or taken, or there are no classes.</exception>
    public ClipBuilder AddZeroShotClassifier(string name, IReadOnlyList<string> classNames, PromptTemplates? templates = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return AddClassifier(name, Build(name, classNames, templates));
    }

#pragma warning restore RS0026

    /// <summary>Adds an <see cref="ImageClassifier"/> that is built as the application says: from a saved bank, with a threshold.</summary>
    /// <param name="name">The key.</param>
    /// <param name="create">Builds it, once; the container disposes it.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public ClipBuilder AddZeroShotClassifier(string name, Func<ClipModel, CancellationToken, ZeroShotClassifier> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        return AddClassifier(name, create);
    }

    /// <summary>
    /// Adds <see cref="ClipEmbeddingGenerator"/> as the generator of embeddings of texts and of images in messages that Microsoft.Extensions.AI
    /// defines; with the model's key, where it has one. As that of <see cref="ImageSource"/> it is there without this.
    /// </summary>
    public ClipBuilder AddEmbeddingGenerator()
    {
        var key = ServiceKey;
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

    private static Func<ClipModel, CancellationToken, ZeroShotClassifier> Build(string? name, IReadOnlyList<string> classNames, PromptTemplates? templates)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        string[] names = [.. classNames];
        if (names.Length == 0)
            throw new ArgumentException($"The classifier '{name}' has no classes.", nameof(classNames));
        if (Array.FindIndex(names, string.IsNullOrWhiteSpace) is >= 0 and var blank)
            throw new ArgumentException($"{nameof(classNames)}[{blank}] of the classifier '{name}' is blank.", nameof(classNames));
        return (clip, cancellationToken) => new ZeroShotClassifier(clip, names, templates, cancellationToken: cancellationToken);
    }

    private ClipBuilder AddClassifier(string? name, Func<ClipModel, CancellationToken, ZeroShotClassifier> create)
    {
        if (Services.Any(service => service.ServiceType == typeof(ImageClassifier) && Equals(service.ServiceKey, name)))
            throw new ArgumentException($"There is a classifier '{name}' already.", nameof(name));

        var key = ServiceKey;
        var registration = new ClassifierRegistration(key, name);
        Services.Add(ServiceDescriptor.KeyedSingleton(name, (provider, _) =>
            new ImageClassifier(registration, provider.GetRequiredKeyedService<ModelWorker>(key), create, provider.GetClipLogger())));
        Services.Add(ServiceDescriptor.KeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ImageClassifier>(name).GetNow(
            () => provider.GetRequiredKeyedService<ClipModelProvider>(key).GetNow())));
        Services.Add(ServiceDescriptor.KeyedSingleton<IZeroShotClassifier>(name, (provider, _) => provider.GetRequiredKeyedService<ZeroShotClassifier>(name)));
        Services.AddSingleton(registration);
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
