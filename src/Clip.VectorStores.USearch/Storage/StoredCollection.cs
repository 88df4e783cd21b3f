using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>A collection on the disk, for any number of readers and one writer at a time.</summary>
/// <remarks>Readers share a lock, which a writer takes only for the moment in which what is on the disk becomes readable.</remarks>
internal sealed class StoredCollection(CollectionFolder folder, int exactRows) : IDisposable
{
    // So large that its beginning costs little, so small that a canceled batch ends soon.
    private const int FrameBytes = 4 << 20;

    private readonly Lock _writing = new();
    private readonly ReaderWriterLockSlim _reading = new();
    private OpenRecords? _records;
    private RecordShape? _shape;
    private WriterLock? _writer;
    private bool _isDisposed;

    /// <summary>Whether it is there.</summary>
    public bool Exists => File.Exists(folder.SchemaPath);

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
            Directory.CreateDirectory(folder.Path);
            using var writer = new WriterLock(folder.Path);
            if (Exists)
                return;
            RowLog.Create(folder.LogPath(shape.Schema.Generation));
            shape.Schema.Write(folder.SchemaPath);
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
            using (_writer ?? new WriterLock(folder.Path))
            {
                _writer = null;
                _reading.EnterWriteLock();
                try
                {
                    Close();
                    // Without it there is no collection, whatever else is still there.
                    File.Delete(folder.SchemaPath);
                    foreach (var log in folder.Logs().ToArray())
                        EndLog(log);
                    foreach (var graph in GraphFile.All(folder.Path).ToArray())
                        CollectionFolder.TryDelete(graph);
                }
                finally
                {
                    _reading.ExitWriteLock();
                }
            }
            CollectionFolder.TryDelete(Path.Combine(folder.Path, WriterLock.FileName));
            try
            {
                Directory.Delete(folder.Path);
            }
            catch (IOException)
            {
                // Someone still reads a file, or has put one there.
            }
        }
    }

    /// <summary>Reads.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="read">Reads; nothing changes meanwhile.</param>
    /// <param name="result">What it returns.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Read<T>(RecordShape shape, Func<OpenRecords, T> read, out T? result)
    {
        while (true)
        {
            _reading.EnterReadLock();
            try
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (IsCurrent(shape))
                {
                    result = read(_records!);
                    return true;
                }
            }
            finally
            {
                _reading.ExitReadLock();
            }
            if (!Refresh(shape))
            {
                result = default;
                return false;
            }
        }
    }

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
            if (entries.Bytes.Length < FrameBytes)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            Commit(entries);
        }
        cancellationToken.ThrowIfCancellationRequested();
        Commit(entries);
        if (_records!.Rows.Count - _records.Rows.LiveCount > _records.Rows.LiveCount + exactRows)
            Compact(shape);
        BuildGraphs(covered => Math.Max(exactRows, covered / 8), cancellationToken);
    });

    /// <summary>Deletes records, where they are there.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="keys">Their keys.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Remove(RecordShape shape, IEnumerable<object> keys) => Write(shape, () =>
    {
        var entries = new EntryBuffer();
        foreach (var key in keys.Where(key => _records!.Rows.Find(key) is not null))
            entries.Add(EntryKind.Deleted, output => output.WriteField(key));
        Commit(entries);
    });

    /// <summary>Leaves out what is dead and brings the graphs up to date.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <param name="cancellationToken">Ends the building of a graph, which is then as it was.</param>
    /// <returns>Whether the collection is there.</returns>
    public bool Optimize(RecordShape shape, CancellationToken cancellationToken) => Write(shape, () =>
    {
        if (_records!.Rows.Count > _records.Rows.LiveCount)
            Compact(shape);
        BuildGraphs(_ => 1, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_isDisposed)
                return;
            _reading.EnterWriteLock();
            try
            {
                Close();
                _writer?.Dispose();
                _isDisposed = true;
            }
            finally
            {
                _reading.ExitWriteLock();
            }
        }
    }

    // What this process writes it knows.
    private bool IsCurrent(RecordShape shape) => _records is { IsClosed: false } && Fits(shape) && (_writer is not null || _records.Log.IsCurrent);

    private bool Fits(RecordShape shape) => _shape?.HasLayoutOf(shape) == true;

    private bool Refresh(RecordShape shape)
    {
        _reading.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_records is not null && Fits(shape) && _writer is null)
                Named(_records.Path, () => _records.ReadNew());
            if (_records is { IsClosed: false } && Fits(shape))
                return true;
            // Read under another shape, or closed. A writer's own log has the same files under each shape.
            return Open(shape);
        }
        finally
        {
            _reading.ExitWriteLock();
        }
    }

    private bool Open(RecordShape shape)
    {
        // Another process may put a new log in the old one's place in between, and then again.
        for (var attempt = 0; Exists; attempt++)
        {
            var schema = Named(folder.SchemaPath, () => Schema.Read(folder.SchemaPath));
            if (schema.FindDifference(shape.Schema) is { } difference)
                throw new InvalidDataException($"'{folder.SchemaPath}' does not fit the records: {difference}.");
            var path = folder.LogPath(schema.Generation);
            try
            {
                var records = Named(path, () => new OpenRecords(folder, schema.Generation, shape.Codec));
                if (records.IsClosed && attempt < 10)
                {
                    records.Dispose();
                    continue;
                }
                Close();
                if (_writer is not null)
                    records.Log.BeginWriting();
                (_records, _shape) = (records, shape);
                return !records.IsClosed;
            }
            catch (FileNotFoundException) when (attempt < 10)
            {
            }
        }
        Close();
        return false;
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
        if (_writer is not null && _records is not null && Fits(shape))
            return true;
        if (!Exists)
            return false;
        var isNew = _writer is null;
        _reading.EnterWriteLock();
        try
        {
            _writer ??= new WriterLock(folder.Path);
            if (!Open(shape))
                throw new FileNotFoundException($"'{folder.SchemaPath}' names records that are not there.");
            if (isNew)
                DeleteLeftovers();
            return true;
        }
        catch when (isNew)
        {
            Close();
            _writer?.Dispose();
            _writer = null;
            throw;
        }
        finally
        {
            _reading.ExitWriteLock();
        }
    }

    // What a writer left that was killed.
    private void DeleteLeftovers()
    {
        foreach (var log in folder.Logs().Where(log => log != _records!.Path).ToArray())
            CollectionFolder.TryDelete(log);
        var used = Enumerable.Range(0, _records!.Codec.Vectors.Count).Select(vector => _records.File(vector)?.Name).ToHashSet();
        foreach (var graph in GraphFile.All(folder.Path).Where(path => !used.Contains(Path.GetFileName(path))).ToArray())
            CollectionFolder.TryDelete(graph);
    }

    private void Commit(EntryBuffer entries, Action? and = null)
    {
        if (entries.Bytes.IsEmpty)
            return;
        var frame = _records!.Log.Append(entries.Bytes);
        entries.Clear();
        _reading.EnterWriteLock();
        try
        {
            _records.Add(frame);
            and?.Invoke();
        }
        finally
        {
            _reading.ExitWriteLock();
        }
    }

    private void BuildGraphs(Func<int, int> least, CancellationToken cancellationToken)
    {
        for (var vector = 0; vector < _records!.Codec.Vectors.Count; vector++)
        {
            if (!_records.IsIndexed(vector))
                continue;
            var old = _records.File(vector);
            if (_records.Rows.Count - (old?.Rows ?? 0) < least(old?.Rows ?? 0) || GraphBuilding.Build(folder.Path, _records, vector, cancellationToken) is not { } file)
                continue;
            var graph = file.Open(folder.Path, _records.Codec.Vectors[vector].Dimensions, isMapped: true);
            var entries = new EntryBuffer();
            entries.Add(EntryKind.Graph, file.Write);
            Commit(entries, () => _records.Use(file, graph));
            if (old is not null)
                CollectionFolder.TryDelete(Path.Combine(folder.Path, old.Name));
        }
    }

    // The next generation of the log, with what lives. A crash leaves the old one or the new one.
    private void Compact(RecordShape shape)
    {
        var schema = Schema.Read(folder.SchemaPath);
        var next = schema with { Generation = schema.Generation + 1 };
        var path = folder.LogPath(next.Generation);
        CollectionFolder.TryDelete(path);
        RowLog.Create(path);
        using (var log = new RowLog(path))
        {
            log.BeginWriting();
            var entries = new EntryBuffer();
            for (var row = 0; row < _records!.Rows.Count; row++)
            {
                if (_records.Row(row) is { IsEmpty: false } bytes)
                    entries.Add(EntryKind.Record, bytes);
                if (entries.Bytes.IsEmpty || entries.Bytes.Length < FrameBytes && row < _records.Rows.Count - 1)
                    continue;
                log.Add(log.Append(entries.Bytes));
                entries.Clear();
            }
        }
        var old = _records.Path;
        _reading.EnterWriteLock();
        try
        {
            next.Write(folder.SchemaPath);
            Close();
            EndLog(old);
            Open(shape);
            DeleteLeftovers();
        }
        finally
        {
            _reading.ExitWriteLock();
        }
    }

    // Other processes that read it see that it ends, and look for what came after.
    private static void EndLog(string path)
    {
        try
        {
            using (var log = new RowLog(path))
            {
                log.ReadNew((_, _) => { });
                log.BeginWriting();
                var entries = new EntryBuffer();
                entries.Add(EntryKind.Closed, []);
                log.Append(entries.Bytes);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // A log that nobody can read has no readers.
        }
        CollectionFolder.TryDelete(path);
    }

    private void Close()
    {
        _records?.Dispose();
        _records = null;
        _shape = null;
    }

    private static void Named(string path, Action read) => Named(path, () =>
    {
        read();
        return true;
    });

    private static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' cannot be used. {e.Message} Put a copy in its place, or delete the collection's folder and fill it again.", e);
        }
    }
}
