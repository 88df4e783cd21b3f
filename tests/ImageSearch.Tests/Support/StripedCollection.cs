using Clip;
using Clip.DependencyInjection.Tests.Support;

namespace ImageSearch.Tests.Support;

/// <summary>The sample with a tiny model and some images, which tests leave as they found them, and their embeddings.</summary>
public sealed class StripedCollection(TinyModel tiny) : IAsyncLifetime
{
    public const int Count = 24;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The keys of the images, which are <see cref="Image.Striped"/> of their places.</summary>
    public Guid[] Ids { get; } = new Guid[Count];

    public ClipModel Model { get; } = tiny.Load();

    public float[][] Vectors { get; private set; } = [];

    internal ImageSearchHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Vectors = [.. Enumerable.Range(0, Count).Select(i => Model.EmbedImage(Image.Striped(i)))];
        Host = await ImageSearchHost.StartAsync(tiny, _folder, "--Limits:MaxWait", "00:01:00");
        for (var i = 0; i < Count; i++)
            Ids[i] = await Host.AddAsync(Image.Striped(i), $"image {i}");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Model.Dispose();
        _folder.Dispose();
    }
}
