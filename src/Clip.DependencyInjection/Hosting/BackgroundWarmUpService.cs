using Microsoft.Extensions.Hosting;

namespace Clip.DependencyInjection;

/// <summary>Warms a model up while the application serves already; its failure is handled as the host handles those of its services.</summary>
internal sealed class BackgroundWarmUpService(ModelWarmUp warmUp) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => warmUp.RunAsync(stoppingToken);
}
