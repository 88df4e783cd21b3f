using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Clip;
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds CLIP models to a container.</summary>
/// <remarks>
/// <para>
/// Each registration has <see cref="IClipModelProvider"/>, which loads the model when it is first awaited, and <see cref="ClipModel"/> itself for
/// where it is loaded already or lies on this machine; and <see cref="ClipEmbeddingGenerator"/>, also as the generator of embeddings of
/// <see cref="ImageSource"/>. All are singletons. Options are validated when the application starts.
/// </para>
/// <para>Several calls with the same key make one registration, whose options are applied in the order of the calls.</para>
/// </remarks>
public static class ClipServiceCollectionExtensions
{
    /// <summary>Adds the model that <see cref="ClipOptions"/> name by default, ViT-B/32.</summary>
    /// <param name="services">The container's services.</param>
    public static ClipBuilder AddClip(this IServiceCollection services) => Add(services, key: null, _ => { });

    /// <summary>Adds a model.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options.</param>
    public static ClipBuilder AddClip(this IServiceCollection services, Action<ClipOptions> configure) => Add(services, key: null, Configure(configure));

    /// <summary>Adds a model.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configuration">The section whose keys are the properties of <see cref="ClipOptions"/>; other keys in it are an error.</param>
    public static ClipBuilder AddClip(this IServiceCollection services, IConfiguration configuration) => Add(services, key: null, Bind(configuration));

    /// <summary>Adds a model.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="options">The options, copied when the model is loaded.</param>
    public static ClipBuilder AddClip(this IServiceCollection services, ClipOptions options) => Add(services, key: null, Copy(options));

    /// <summary>Adds the model that <see cref="ClipOptions"/> name by default, under a key.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of its services, and the name of its options.</param>
    public static ClipBuilder AddKeyedClip(this IServiceCollection services, string serviceKey) => Add(services, Key(serviceKey), _ => { });

    /// <summary>Adds a model under a key, as one of several.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of its services, and the name of its options.</param>
    /// <param name="configure">Sets the options.</param>
    public static ClipBuilder AddKeyedClip(this IServiceCollection services, string serviceKey, Action<ClipOptions> configure) =>
        Add(services, Key(serviceKey), Configure(configure));

    /// <summary>Adds a model under a key, as one of several.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of its services, and the name of its options.</param>
    /// <param name="configuration">The section whose keys are the properties of <see cref="ClipOptions"/>; other keys in it are an error.</param>
    public static ClipBuilder AddKeyedClip(this IServiceCollection services, string serviceKey, IConfiguration configuration) =>
        Add(services, Key(serviceKey), Bind(configuration));

    /// <summary>Adds a model under a key, as one of several.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of its services, and the name of its options.</param>
    /// <param name="options">The options, copied when the model is loaded.</param>
    public static ClipBuilder AddKeyedClip(this IServiceCollection services, string serviceKey, ClipOptions options) =>
        Add(services, Key(serviceKey), Copy(options));

    private static ClipBuilder Add(IServiceCollection services, string? key, Action<OptionsBuilder<ClipOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        configure(services.AddOptions<ClipOptions>(key ?? Microsoft.Extensions.Options.Options.DefaultName).ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClipOptions>, ClipOptionsValidator>());

        services.TryAddSingleton<IModelLoader, ModelLoader>();
        services.TryAddSingleton(provider => new ClipInstruments(provider.GetService<IMeterFactory>()));

        services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) =>
            new ComputeGate(GetOptions(provider, key).MaxConcurrency ?? Environment.ProcessorCount)));
        services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) => new ClipModelProvider(
            key,
            provider.GetRequiredService<IOptionsMonitor<ClipOptions>>(),
            provider.GetRequiredService<IModelLoader>(),
            provider.GetRequiredKeyedService<ComputeGate>(key),
            provider.GetRequiredService<ClipInstruments>(),
            provider.GetClipLogger())));
        services.TryAdd(ServiceDescriptor.KeyedSingleton<IClipModelProvider>(key, (provider, _) =>
            provider.GetRequiredKeyedService<ClipModelProvider>(key)));
        services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) => provider.GetRequiredKeyedService<ClipModelProvider>(key).GetNow()));
        services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) => new ModelWorker(
            GetOptions(provider, key).Model,
            provider.GetRequiredKeyedService<IClipModelProvider>(key),
            provider.GetRequiredKeyedService<ComputeGate>(key),
            provider.GetRequiredService<ClipInstruments>())));
        services.TryAdd(ServiceDescriptor.KeyedSingleton(key, (provider, _) =>
            new ClipEmbeddingGenerator(provider.GetRequiredKeyedService<ModelWorker>(key))));
        // Of images only: generators of texts may be another library's, so they are asked for by AddEmbeddingGenerator.
        services.TryAdd(ServiceDescriptor.KeyedSingleton<IEmbeddingGenerator<ImageSource, Embedding<float>>>(key, (provider, _) =>
            provider.GetRequiredKeyedService<ClipEmbeddingGenerator>(key)));
        return new ClipBuilder(services, key);
    }

    private static ClipOptions GetOptions(IServiceProvider provider, string? key) =>
        provider.GetRequiredService<IOptionsMonitor<ClipOptions>>().Get(key ?? Microsoft.Extensions.Options.Options.DefaultName);

    private static string Key(string serviceKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return serviceKey;
    }

    private static Action<OptionsBuilder<ClipOptions>> Configure(Action<ClipOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return options => options.Configure(configure);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Properties of ClipOptions are strings, numbers and enums.")]
    private static Action<OptionsBuilder<ClipOptions>> Bind(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return options => options.Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static Action<OptionsBuilder<ClipOptions>> Copy(ClipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder => builder.Configure(options.CopyTo);
    }
}
