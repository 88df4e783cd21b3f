using Microsoft.Extensions.Hosting;

namespace Clip.DependencyInjection;

/// <summary>Warms a model up before the application serves anybody; its failure is the failure of the start.</summary>
internal sealed class WarmUpService(ModelWarmUp warmUp) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => warmUp.RunAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
