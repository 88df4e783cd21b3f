using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>Containers for tests.</summary>
internal static class Containers
{
    /// <summary>Makes a container whose models come from a counting source.</summary>
    public static ServiceProvider Create(CountingLoader loader, Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IModelLoader>(loader);
        configure(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }
}
