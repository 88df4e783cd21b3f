namespace ImageSearch;

/// <summary>Opens the collection while the application serves already, and fills it at the first start. Where it cannot be opened the application ends.</summary>
/// <param name="collections">Opens it.</param>
/// <param name="seeder">Fills it.</param>
internal sealed class CollectionStartup(CollectionProvider collections, Seeder seeder) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var collection = await collections.OpenAsync(stoppingToken);
        await seeder.RunAsync(collection, stoppingToken);
    }
}
