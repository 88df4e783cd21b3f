namespace Clip.Hub;

/// <summary>Downloads files of model repositories on the Hugging Face Hub into a cache that is shared with Python.</summary>
/// <remarks>
/// <para>
/// The cache has the layout, the locks and the environment variables of Python's huggingface_hub: what one of the two has
/// downloaded, the other finds. Every file is verified by its hash before it becomes visible, an interrupted download goes on where
/// it ended, and of several processes that want the same file one downloads it.
/// </para>
/// <para>Safe for use by several threads at once. One client per application is enough.</para>
/// </remarks>
public sealed class HubClient : IDisposable
{
    // A file that nearly every model has. Answers for files that are not there name the commit as well, except by some mirrors.
    private static readonly string[] Probes = ["config.json", "open_clip_config.json", "README.md", ".gitattributes"];

    /// <summary>Creates a client; no request is made and no file is written yet.</summary>
    /// <param name="options">What differs from the environment's choices, if anything.</param>
    /// <exception cref="ArgumentException">An option, or the variable that stands in for it, has a value that makes no sense.</exception>
    /// <exception cref="IOException">The token's file cannot be read.</exception>
    public HubClient(HubOptions? options = null)
        : this(options ?? new HubOptions(), Environment.GetEnvironmentVariable)
    {
    }

    internal HubClient(HubOptions options, Func<string, string?> environment)
    {
        Settings = new HubSettings(options, environment);
        Transport = new HubTransport(Settings, options.MessageHandler);
    }

    /// <summary>The folder that files are kept in, whether it exists or not.</summary>
    public string CacheFolder => Settings.CacheFolder;

    /// <summary>Whether the client makes no requests.</summary>
    public bool IsOffline => Settings.Offline;

    internal HubSettings Settings { get; }

    internal HubTransport Transport { get; }

    /// <summary>Finds the commit that a repository's revision stands for now.</summary>
    /// <remarks>
    /// A revision that is a commit itself takes no request. When the Hub cannot be asked or does not let the caller in, the commit
    /// that the cache has for the revision is used, and <see cref="HubSnapshot.LookupFailure"/> says why.
    /// </remarks>
    /// <param name="repository">The repository and its revision.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The files of that commit; they are downloaded when they are asked for. It uses this client.</returns>
    /// <exception cref="ArgumentException"><paramref name="repository"/> is the default value.</exception>
    /// <exception cref="HubException">There is no such repository or revision, or neither Hub nor cache can tell.</exception>
    public async Task<HubSnapshot> OpenAsync(HubRepository repository, CancellationToken cancellationToken = default)
    {
        if (repository == default)
            throw new ArgumentException("The repository names nothing; create it with a name.", nameof(repository));

        var cache = new HubCache(Settings.CacheFolder, repository, Settings.UseSymbolicLinks);
        if (repository.IsPinned)
            return new HubSnapshot(this, repository, repository.Revision, cache, lookupFailure: null);

        var errors = new HubErrors(Settings, repository);
        var cached = cache.ReadReference(repository.Revision);
        if (Settings.Offline)
        {
            return cached is not null
                ? new HubSnapshot(this, repository, cached, cache, lookupFailure: null)
                : throw errors.Offline($"The revision '{repository.Revision}' of '{repository.Id}'", cache.Reference(repository.Revision), file: null);
        }

        try
        {
            var commit = await FindCommitAsync(repository, errors, isCached: cached is not null, cancellationToken).ConfigureAwait(false);
            cache.WriteReference(repository.Revision, commit);
            return new HubSnapshot(this, repository, commit, cache, lookupFailure: null);
        }
        catch (HubException e) when (cached is not null && e.Kind != HubErrorKind.RevisionNotFound)
        {
            return new HubSnapshot(this, repository, cached, cache, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Transport.Dispose();

    /// <summary>The address of a file at the endpoint.</summary>
    internal Uri GetAddress(HubRepository repository, string revision, string path)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return new Uri(Settings.Endpoint, $"{repository.Id}/resolve/{Uri.EscapeDataString(revision)}/{escaped}");
    }

    private async Task<string> FindCommitAsync(HubRepository repository, HubErrors errors, bool isCached, CancellationToken cancellationToken)
    {
        HubAnswer? answer = null;
        foreach (var probe in Probes)
        {
            var address = GetAddress(repository, repository.Revision, probe);
            try
            {
                // With an answer in the cache there is no need to insist.
                answer = isCached
                    ? await Transport.HeadAsync(address, Settings.ProbeTimeout, cancellationToken).ConfigureAwait(false)
                    : await Transport.RetryAsync(token => Transport.HeadAsync(address, Settings.Timeout, token), cancellationToken).ConfigureAwait(false);
            }
            catch (HubConnectionException e)
            {
                throw errors.Unreachable(e, file: null);
            }

            if ((int)answer.StatusCode < 400 || answer.ErrorCode is "EntryNotFound")
            {
                if (answer.Commit is not null)
                    return HubNames.IsCommit(answer.Commit) ? answer.Commit : throw errors.Invalid(answer, "with a commit that is none", probe);
                if ((int)answer.StatusCode < 400)
                    throw errors.Invalid(answer, "without the commit (X-Repo-Commit)", probe);
            }
            else if (errors.From(answer, probe) is { Kind: not HubErrorKind.FileNotFound } error)
            {
                throw error;
            }
        }
        throw errors.RepositoryNotFound(answer!.StatusCode);
    }
}
