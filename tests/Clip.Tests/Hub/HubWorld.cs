using Clip.Hub;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

/// <summary>A Hub, an empty cache, and clients that know nothing of this machine's environment.</summary>
public sealed class HubWorld : IDisposable
{
    public const string Token = "hf_secretTokenOfTheTests";

    private readonly TemporaryFolder _folder = new();
    private readonly List<HubClient> _clients = [];

    public FakeHub Hub { get; } = new();

    public FakeServer Server => Hub.Server;

    public string CacheFolder => _folder.File("hub");

    /// <summary>The part of the cache that belongs to the repository.</summary>
    public string RepositoryFolder => Path.Combine(CacheFolder, "models--org--name");

    public HubOptions Options => new()
    {
        CacheFolder = CacheFolder,
        Endpoint = Server.Address,
        Token = Token,
        Retries = 3,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Creates a client that lives as long as this.</summary>
    public HubClient CreateClient(Func<HubOptions, HubOptions>? change = null)
    {
        var client = new HubClient(change is null ? Options : change(Options), name => name == "HF_TOKEN_PATH" ? _folder.File("token") : null);
        _clients.Add(client);
        return client;
    }

    /// <summary>Opens the repository with a client of its own.</summary>
    public Task<HubSnapshot> OpenAsync(string revision = "main", Func<HubOptions, HubOptions>? change = null) =>
        CreateClient(change).OpenAsync(new HubRepository(FakeHub.Repository, revision));

    /// <summary>Opens the repository at the commit, without a request.</summary>
    public Task<HubSnapshot> OpenPinnedAsync(Func<HubOptions, HubOptions>? change = null) => OpenAsync(FakeHub.Commit, change);

    /// <summary>The names of the contents in the cache, whole and partial.</summary>
    public string[] BlobNames() =>
        [.. new DirectoryInfo(Path.Combine(RepositoryFolder, "blobs")).GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    /// <summary>Writes a file of the cache, with its folders.</summary>
    public string WriteToCache(string path, byte[] content)
    {
        var full = Path.Combine(RepositoryFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return full;
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        Hub.Dispose();
        _folder.Dispose();
    }
}
