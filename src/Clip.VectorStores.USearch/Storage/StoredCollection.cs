namespace Clip.VectorStores.USearch.Storage;

/// <summary>A collection on the disk, for any number of readers and one writer at a time.</summary>
internal sealed class StoredCollection : IDisposable
{
    private readonly CollectionFolder _folder;
    private readonly int _exactRows;
    private readonly SharedRecords _shared;
    private readonly RecordWriter _writer;
    private readonly Lock _writing = new();
    private bool _isDisposed;

    /// <param name="folder">Where it is, or will be.</param>
    /// <param name="exactRows">Up to how many rows no graph is built.</param>
    /// <param name="candidates">How many rows a graph proposes at least.</param>
    public StoredCollection(CollectionFolder folder, int exactRows, int candidates)
    {
        Candidates = candidates;
        (_folder, _exactRows, _shared) = (folder, exactRows, new SharedRecords(folder));
        _writer = new RecordWriter(folder, _shared);
    }

    /// <summary>How many rows a graph proposes at least.</summary>
    public int Candidates { get; }

    /// <summary>Whether it is there.</summary>
    public bool Exists => _shared.Exists;

    /// <summary>Makes it, unless it is there.</summary>
    /// <param name="shape">Its records.</param>
    /// <exception cref="InvalidDataException">It is there with other records.</exception>
    public void Create(RecordShape shape)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Exists)
            {
                Read(shape, _ => true, out var _);
                return;
            }
            Directory.CreateDirectory(_folder.Path);
            using var writer = new WriterLock(_folder.Path);
            if (Exists)
                return;
            RowLog.Create(_folder.LogPath(shape.Schema.Generation));
            shape.Schema.Write(_folder.SchemaPath);
        }
    }

    /// <summary>Deletes it, if it is there.</summary>
    public void Delete()
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!Exists)
                return;
            using (_shared.Writer ?? new WriterLock(_folder.Path))
            {
                _shared.Writer = null;
                _shared.Change(() =>
                {
                    _shared.Close();
                    // Without it there is no collection, whatever else is still there.
                    File.Delete(_folder.SchemaPath);
                    foreach (var log in _folder.Logs().ToArray())
                        RecordWriter.EndLog(log);
                    foreach (var graph in GraphFile.All(_folder.Path).ToArray())
                        CollectionFolder.TryDelete(graph);
                });
            }
            CollectionFolder.TryDelete(Path.Combine(_folder.Path, WriterLock.FileName));
            try
            {
                Directory.Delete(_folder.Path);
            }
            catch (IOException)
            {
                // Someone still reads a file, or has put one there.
            }
        }
    }

    /// <inheritdoc cref="SharedRecords.Read"/>
    public bool Read<T>(RecordShape shape, Func<OpenRecords, T> read, out T? result) => _shared.Read(shape, read, out result);

    /// <summary>Stores records, in place of those with the same keys. A long list is committed in parts.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Looked at between parts; those that are committed stay.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Put(RecordShape shape, IReadOnlyList<RecordToPut> records, CancellationToken cancellationToken) => Write(shape, () =>
    {
        var entries = new EntryBuffer();
        foreach (var record in records)
        {
            entries.Add(EntryKind.Record, output => shape.Codec.Write(output, record.Key, record.Record, record.Vectors));
            if (entries.Bytes.Length < RecordWriter.FrameBytes)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            _writer.Commit(entries);
        }
        cancellationToken.ThrowIfCancellationRequested();
        _writer.Commit(entries);
        if (_shared.Records.Rows.Count - _shared.Records.Rows.LiveCount > _shared.Records.Rows.LiveCount + _exactRows)
            _writer.Compact(shape);
        _writer.BuildGraphs(covered => Math.Max(_exactRows, covered / 8), cancellationToken);
    });

    /// <summary>Deletes records, where they are there.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="keys">Their keys.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Remove(RecordShape shape, IEnumerable<object> keys) => Write(shape, () =>
    {
        var entries = new EntryBuffer();
        foreach (var key in keys.Where(key => _shared.Records.Rows.Find(key) is not null))
            entries.Add(EntryKind.Deleted, output => output.WriteField(key));
        _writer.Commit(entries);
    });

    /// <summary>Leaves out what is dead and brings the graphs up to date.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="cancellationToken">Ends the building of a graph, which is then as it was.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Optimize(RecordShape shape, CancellationToken cancellationToken) => Write(shape, () =>
    {
        if (_shared.Records.Rows.Count > _shared.Records.Rows.LiveCount)
            _writer.Compact(shape);
        _writer.BuildGraphs(_ => 1, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_isDisposed)
                return;
            _shared.Dispose();
            _shared.Writer?.Dispose();
            _isDisposed = true;
        }
    }

    private bool Write(RecordShape shape, Action write)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!BeginWriting(shape))
                return false;
            write();
            return true;
        }
    }

    private bool BeginWriting(RecordShape shape)
    {
        if (_shared.Writer is not null && _shared.Have(shape))
            return true;
        if (!Exists)
            return false;
        _shared.Change(() =>
        {
            var isNew = _shared.Writer is null;
            try
            {
                _shared.Writer ??= new WriterLock(_folder.Path);
                if (!_shared.Open(shape))
                    throw new FileNotFoundException($"'{_folder.SchemaPath}' names records that are not there.");
                if (isNew)
                    _writer.DeleteLeftovers();
            }
            catch when (isNew)
            {
                _shared.Close();
                _shared.Writer?.Dispose();
                _shared.Writer = null;
                throw;
            }
        });
        return true;
    }
}
