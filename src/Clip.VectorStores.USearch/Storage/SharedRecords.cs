namespace Clip.VectorStores.USearch.Storage;

/// <summary>The records of a collection as this process has them open: for any number of readers, and for a writer who changes them.</summary>
/// <remarks>Readers share a lock, which a writer takes only for the moment in which what is on the disk becomes readable.</remarks>
internal sealed class SharedRecords(CollectionFolder folder) : IDisposable
{
    private readonly ReaderWriterLockSlim _reading = new();
    private OpenRecords? _records;
    private RecordShape? _shape;
    private bool _isDisposed;

    /// <summary>Whether the collection is there.</summary>
    public bool Exists => File.Exists(folder.SchemaPath);

    /// <summary>The lock of the one writer, where this process has it: then nobody else writes, and what is open is all there is.</summary>
    public WriterLock? Writer { get; set; }

    /// <summary>What is open, for the writer, who has opened it.</summary>
    public OpenRecords Records => _records!;

    /// <summary>Whether records of a shape are open.</summary>
    /// <param name="shape">The shape.</param>
    public bool Have(RecordShape shape) => _records is not null && Fits(shape);

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

    /// <summary>Changes what readers see; none reads meanwhile.</summary>
    /// <param name="change">Changes it.</param>
    public void Change(Action change)
    {
        _reading.EnterWriteLock();
        try
        {
            change();
        }
        finally
        {
            _reading.ExitWriteLock();
        }
    }

    /// <summary>Opens what the collection's description names, within a <see cref="Change"/>.</summary>
    /// <param name="shape">The records that are expected.</param>
    /// <returns>Whether the collection is there.</returns>
    /// <exception cref="InvalidDataException">It has other records, or is damaged.</exception>
    public bool Open(RecordShape shape)
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
                if (Writer is not null)
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

    /// <summary>Lets go of the files, within a <see cref="Change"/>.</summary>
    public void Close()
    {
        _records?.Dispose();
        _records = null;
        _shape = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Change(() =>
    {
        Close();
        _isDisposed = true;
    });

    // What this process writes it knows.
    private bool IsCurrent(RecordShape shape) => _records is { IsClosed: false } && Fits(shape) && (Writer is not null || _records.Log.IsCurrent);

    private bool Fits(RecordShape shape) => _shape?.HasLayoutOf(shape) == true;

    private bool Refresh(RecordShape shape)
    {
        _reading.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_records is not null && Fits(shape) && Writer is null)
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
