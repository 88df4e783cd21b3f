using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clip.DependencyInjection;

/// <summary>The log of a container.</summary>
internal static class ClipLogger
{
    /// <summary>The logger of the category <see cref="ClipTelemetry.LogCategory"/>; one that writes nothing where there is no logging.</summary>
    public static ILogger GetClipLogger(this IServiceProvider provider) =>
        (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(ClipTelemetry.LogCategory);
}
