using Clip;
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Microsoft.Extensions.Options;

namespace ImageSearch;

/// <summary>Fills a collection at its first start with the images that come with the application. What a stop interrupts is gone on with at the next start.</summary>
/// <param name="models">The model.</param>
/// <param name="settings">Where the images are.</param>
/// <param name="logger">Hears of images that cannot be read, and of the end.</param>
internal sealed partial class Seeder(IClipModelProvider models, IOptions<CollectionSettings> settings, ILogger<Seeder> logger)
{
    private const int AtOnce = 32;
    private const string DoneFile = "seeded";

    private volatile int _done;
    private volatile int _total;

    /// <summary>Whether the collection has what it begins with.</summary>
    public bool IsDone { get; private set; }

    /// <summary>How many images are looked at, and how many there are; equal when it is done.</summary>
    public (int Done, int Total) Progress => (_done, _total);

    /// <summary>Fills a collection, unless it has been filled.</summary>
    public async Task RunAsync(ImageCollection collection, CancellationToken cancellationToken)
    {
        await FillAsync(collection, cancellationToken);
        IsDone = true;
    }

    private async Task FillAsync(ImageCollection collection, CancellationToken cancellationToken)
    {
        var done = Path.Combine(collection.Folder, DoneFile);
        if (settings.Value.Seed.Length == 0 || File.Exists(done))
            return;
        // What comes with the application lies beside it, wherever it is started.
        var source = new SeedSource(Path.Combine(AppContext.BaseDirectory, settings.Value.Seed));
        _total = source.Count();
        var model = await models.GetAsync(cancellationToken);
        foreach (var part in source.Read().Chunk(AtOnce))
        {
            await AddAsync(collection, model, part, cancellationToken);
            _done += part.Length;
        }
        _done = _total;
        await File.WriteAllTextAsync(done, settings.Value.Seed, cancellationToken);
        LogSeeded(collection.Count);
    }

    private async Task AddAsync(ImageCollection collection, ClipModel model, SeedImage[] part, CancellationToken cancellationToken)
    {
        var wanted = Array.FindAll(part, image => !collection.Contains(NewImage.IdOf(image.Bytes)));
        var adding = new List<Task>();
        await foreach (var embedding in model.EmbedImagesAsync(wanted.Select(image => ImageSource.FromBytes(image.Bytes, image.Title)), cancellationToken))
        {
            if (embedding.Error is { } error)
                LogUnreadable(error.Message);
            else
                adding.Add(collection.AddAsync(Describe(model, wanted[embedding.Index], embedding.Vector)));
        }
        await Task.WhenAll(adding);
    }

    private static NewImage Describe(ClipModel model, SeedImage image, float[] vector)
    {
        var header = ImageHeader.Read(image.Bytes);
        var thumbnail = Thumbnails.IsSmall(header.Width, header.Height, image.Bytes.Length) ? null : Thumbnails.Make(model.Preprocessor, image.Bytes, image.Title);
        return new NewImage(image.Title, image.Bytes, header, vector, thumbnail);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The collection begins with {Count} images.")]
    private partial void LogSeeded(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An image of the seed is left out: {Problem}")]
    private partial void LogUnreadable(string problem);
}
