namespace Clip.Hub;

/// <summary>The files of a repository at one commit, downloaded when they are asked for.</summary>
/// <remarks>
/// All files come from the same commit, whatever happens to the branch meanwhile. Safe for use by several threads at once; the
/// client that opened it has to stay alive.
/// </remarks>
public sealed class HubSnapshot
{
    private const int WriteBufferBytes = 1 << 20;

    private readonly HubClient _client;
    private readonly HubCache _cache;
    private readonly HubErrors _errors;

    internal HubSnapshot(HubClient client, HubRepository repository, string commit, HubCache cache, HubException? lookupFailure)
    {
        _client = client;
        _cache = cache;
        _errors = new HubErrors(client.Settings, repository);
        Repository = repository;
        Commit = commit;
        LookupFailure = lookupFailure;
    }

    /// <summary>The repository and the revision that was asked for.</summary>
    public HubRepository Repository { get; }

    /// <summary>The commit that the revision stands for: 40 lower-case hexadecimal digits.</summary>
    public string Commit { get; }

    /// <summary>Why the Hub could not say what the revision stands for, so that the cache's commit is used; null when it did or was not asked.</summary>
    public HubException? LookupFailure { get; }

    /// <summary>The folder in the cache that the files are in, each under its path in the repository; it exists once a file does.</summary>
    public string SnapshotFolder => _cache.Snapshot(Commit);

    /// <summary>Makes a file present, and says where. One that the cache has takes no request.</summary>
    /// <param name="path">The file's path in the repository, with forward slashes.</param>
    /// <param name="progress">Told about ten times a second how far the download has come; not at all when there is none.</param>
    /// <param name="cancellationToken">Ends the download; what has come stays for the next one to go on with.</param>
    /// <returns>The full path in <see cref="SnapshotFolder"/>; most often a link to the content. The file is not to be changed.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not a relative path inside a repository.</exception>
    /// <exception cref="HubException">The file cannot be had; <see cref="HubException.Kind"/> says why.</exception>
    public async Task<string> DownloadAsync(string path, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequirePath(path);
        if (_cache.Find(Commit, path) is { } cached)
            return cached;
        if (_cache.IsKnownMissing(Commit, path))
            throw _errors.FileNotFound(path, status: null);
        if (_client.IsOffline)
            throw _errors.Offline($"'{path}' of '{Repository}'", SnapshotFolder, path);

        var file = await DescribeAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return await StoreAsync(file, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException || (e is IOException or UnauthorizedAccessException && e is not HubException))
        {
            throw _errors.Storage($"'{path}' of '{Repository}' could not be stored. {e.Message}", path, e);
        }
    }

    /// <summary>Makes a file present if the repository has it.</summary>
    /// <remarks>
    /// Offline, and where the Hub could not be asked for the commit (<see cref="LookupFailure"/>), what counts is whether the cache
    /// has it. That a commit does not have a file is remembered, so that it is asked for once.
    /// </remarks>
    /// <param name="path">The file's path in the repository, with forward slashes.</param>
    /// <param name="progress">Told about ten times a second how far the download has come; not at all when there is none.</param>
    /// <param name="cancellationToken">Ends the download; what has come stays for the next one to go on with.</param>
    /// <returns>The full path in <see cref="SnapshotFolder"/>, or null when there is no such file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not a relative path inside a repository.</exception>
    /// <exception cref="HubException">The file is there and cannot be had, or the Hub does not say.</exception>
    public async Task<string?> TryDownloadAsync(string path, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequirePath(path);
        if (_client.IsOffline || LookupFailure is not null)
            return _cache.Find(Commit, path);
        try
        {
            return await DownloadAsync(path, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e) when (e.Kind == HubErrorKind.FileNotFound)
        {
            return null;
        }
    }

    private static void RequirePath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (HubNames.FindPathProblem(path) is { } problem)
            throw new ArgumentException($"The path '{path}' of a file in a repository {problem}.", nameof(path));
    }

    private async Task<HubFile> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        var address = _client.GetAddress(Repository, Commit, path);
        HubAnswer answer;
        try
        {
            answer = await _client.Transport.RetryAsync(
                token => _client.Transport.HeadAsync(address, _client.Settings.Timeout, token), cancellationToken).ConfigureAwait(false);
        }
        catch (HubConnectionException e)
        {
            throw _errors.Unreachable(e, path);
        }

        if ((int)answer.StatusCode >= 400)
        {
            if (answer.ErrorCode == "EntryNotFound" && answer.Commit == Commit)
                _cache.WriteMissing(Commit, path);
            throw _errors.From(answer, path);
        }
        return Check(answer, path);
    }

    private HubFile Check(HubAnswer answer, string path)
    {
        if (answer.Commit is null)
            throw _errors.Invalid(answer, $"{(int)answer.StatusCode} without a commit (X-Repo-Commit)", path);
        if (answer.Commit != Commit)
            throw _errors.Invalid(answer, $"for another commit (X-Repo-Commit) than {Commit}", path);
        if (!HubNames.IsEtag(answer.Etag))
            throw _errors.Invalid(answer, "without a hash (ETag or X-Linked-Etag) of 40 or 64 hexadecimal digits", path);
        if (answer.Size is not >= 0)
            throw _errors.Invalid(answer, "without the file's size (Content-Length or X-Linked-Size)", path);
        if (answer.Size > _client.Settings.MaxFileBytes)
        {
            throw _errors.Create(
                HubErrorKind.TooLarge, $"'{path}' of '{Repository}' has {answer.Size:N0} bytes, more than the {_client.Settings.MaxFileBytes:N0} that are allowed.",
                $"Raise {nameof(HubOptions)}.{nameof(HubOptions.MaxFileBytes)} if that is the file you mean.", path);
        }
        return new HubFile(path, Commit, answer.Etag!, answer.Size.Value);
    }

    private async Task<string> StoreAsync(HubFile file, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        _cache.CreateFolders(file);
        using var held = await OpenAloneAsync(_cache.Lock(file.Etag), bufferSize: 0, file, progress, cancellationToken).ConfigureAwait(false);

        // Another holder may have finished meanwhile.
        if (_cache.Find(Commit, file.Path) is { } found)
            return found;
        var isNew = !_cache.HasBlob(file);
        if (isNew)
            await FetchAsync(file, progress, cancellationToken).ConfigureAwait(false);
        return _cache.Publish(file, isNew);
    }

    private async Task FetchAsync(HubFile file, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        // Opened alone as well: some network drives take locks of the first kind and keep none.
        var path = _cache.Partial(file.Etag);
        var partial = await OpenAloneAsync(path, WriteBufferBytes, file, progress, cancellationToken).ConfigureAwait(false);
        try
        {
            await using (partial.ConfigureAwait(false))
            {
                RequireSpace(file, partial);
                var address = _client.GetAddress(Repository, Commit, file.Path);
                using var download = new BlobDownload(_client.Transport, _errors, address, file, partial, _client.Settings.Timeout, progress);
                await download.RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (HubException e) when (e.Kind == HubErrorKind.Damaged)
        {
            File.Delete(path);
            throw;
        }
        File.Move(path, _cache.Blob(file.Etag), overwrite: true);
    }

    private Task<FileStream> OpenAloneAsync(
        string path, int bufferSize, HubFile file, IProgress<HubProgress>? progress, CancellationToken cancellationToken) =>
        ExclusiveFile.OpenAsync(
            path, bufferSize,
            measure: () =>
            {
                var length = _cache.MeasurePartial(file.Etag);
                progress?.Report(new HubProgress(file.Path, Math.Min(length, file.Size), file.Size, IsWaiting: true));
                return length;
            },
            _client.Settings.LockTimeout, cancellationToken);

    private void RequireSpace(HubFile file, FileStream partial)
    {
        var needed = file.Size - Math.Min(partial.Length, file.Size);
        // A folder of a Windows share has no drive.
        if (partial.Name.StartsWith(@"\\", StringComparison.Ordinal))
            return;
        var drive = new DriveInfo(Path.GetDirectoryName(partial.Name)!);
        // Some network drives know nothing of their size.
        if (drive.TotalSize > 0 && drive.AvailableFreeSpace < needed)
        {
            throw _errors.Storage(
                $"'{file.Path}' of '{Repository}' needs {needed:N0} more bytes, and the drive of the cache has {drive.AvailableFreeSpace:N0}.",
                file.Path, new IOException("There is not enough space on the disk."));
        }
    }
}
