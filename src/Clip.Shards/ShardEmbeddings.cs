using System.Numerics.Tensors;
using Clip.Shards.Outputs;
using Clip.Shared.Search;

namespace Clip.Shards;

/// <summary>The embeddings of images that workers wrote to a folder, searched where they lie in its files.</summary>
/// <remarks>
/// <para>
/// Shards that are done when it is opened are in it, in the order of their numbers; their rows have places from 0. Rows are compared on all processors,
/// as float32; those of zeros, which images that could not be read have, and those that are not finite fit no query.
/// </para>
/// <para>Files are mapped into memory when they are looked at first, and stay so until this object is disposed. All other members can be called at the same time.</para>
/// <para>Folders of clip-retrieval are read too: one without the workers' <c>embedding.json</c> does not say which model made it.</para>
/// </remarks>
public sealed class ShardEmbeddings : IDisposable
{
    // Rows that a thread takes at once: some 0.3 ms.
    private const long PartRows = 4096;

    // Linux lets a process have 65,530 maps; the files beyond these are mapped for each part.
    private const int MostMaps = 32_768;

    private readonly EmbeddingFile[] _files;
    private readonly MappedVectors?[] _maps;
    private readonly Lock _mapping = new();
    private readonly bool _isIdentified;
    private bool _isDisposed;

    private ShardEmbeddings(string folder, int size, EmbeddingFile[] files, bool isIdentified)
    {
        (Folder, EmbeddingSize, _files, _isIdentified) = (folder, size, files, isIdentified);
        _maps = new MappedVectors?[Math.Min(files.Length, MostMaps)];
        Shards = [.. files.Select(file => file.Rows)];
        Count = files is [.., var last] ? last.Rows.Begin + last.Rows.Count : 0;
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Numbers of a row.</summary>
    public int EmbeddingSize { get; }

    /// <summary>Rows of all shards, those without an embedding included.</summary>
    public long Count { get; }

    /// <summary>The shards, in the order of their rows.</summary>
    public IReadOnlyList<ShardRows> Shards { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder, as <see cref="FolderShardStore"/> has it.</param>
    /// <param name="cancellationToken">Ends looking at its files.</param>
    /// <exception cref="ShardException">It holds no embeddings of shards, or a file of them is damaged or of another size.</exception>
    public static async Task<ShardEmbeddings> OpenAsync(string folder, CancellationToken cancellationToken = default)
    {
        var store = new FolderShardStore(folder);
        var size = await StoreIdentity.ReadEmbeddingSizeAsync(store, cancellationToken).ConfigureAwait(false);
        var numbers = new List<string>();
        await foreach (var entry in store.ListAsync(OutputNames.Images, cancellationToken).ConfigureAwait(false))
        {
            if (OutputNames.NumberOfImages(entry.Path) is { } number)
                numbers.Add(number);
        }
        if (size is null && numbers.Count == 0)
            throw new ShardException(store.Name, $"holds no embeddings of shards: it has no {OutputNames.Identity} and no {OutputNames.ImageEmbeddings("*")}.");
        var files = new List<EmbeddingFile>(numbers.Count);
        var begin = 0L;
        // Numbers without leading zeros, as clip-retrieval writes them, are ordered as numbers.
        foreach (var number in numbers.OrderBy(number => number.Length).ThenBy(number => number, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = EmbeddingFile.Read(Path.Combine(store.Name, OutputNames.ImageEmbeddings(number)), number, begin);
            if (file.Array.Size != (size ??= file.Array.Size))
                throw new ShardException(file.Path, $"has rows of {file.Array.Size} numbers, not of {size} as the others.");
            files.Add(file);
            begin += file.Rows.Count;
        }
        return new ShardEmbeddings(store.Name, size!.Value, [.. files], isIdentified: File.Exists(Path.Combine(store.Name, OutputNames.Identity)));
    }

    /// <summary>Requires that a model made the embeddings, as far as the folder says.</summary>
    /// <param name="clip">The model.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="ShardException">Another model did.</exception>
    public async Task RequireModelAsync(ClipModel clip, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (_isIdentified)
            await StoreIdentity.RequireModelAsync(new FolderShardStore(Folder), clip, cancellationToken).ConfigureAwait(false);
        else if (clip.EmbeddingSize != EmbeddingSize)
            throw new ShardException(Folder, $"has rows of {EmbeddingSize} numbers, but '{clip.Card.Name}' makes {clip.EmbeddingSize}.");
    }

    /// <summary>The rows closest to a query, of all rows; the closest first, of equally close ones the earlier.</summary>
    /// <param name="query">A vector of <see cref="EmbeddingSize"/> numbers.</param>
    /// <param name="top">How many at most. Positive.</param>
    /// <param name="cancellationToken">Looked at between parts of files.</param>
    /// <exception cref="ArgumentException">The query has another size.</exception>
    /// <exception cref="ShardException">A file changes meanwhile.</exception>
    public IReadOnlyList<ShardMatch> FindClosest(ReadOnlyMemory<float> query, int top, CancellationToken cancellationToken = default) =>
        FindClosestAmong([new ShardRowRange(0, Count)], query, top, cancellationToken);

    /// <summary>The closest among some rows, such as those that an index proposes.</summary>
    /// <param name="among">The rows, none of them twice.</param>
    /// <param name="query">A vector of <see cref="EmbeddingSize"/> numbers.</param>
    /// <param name="top">How many at most. Positive.</param>
    /// <param name="cancellationToken">Looked at between parts of files.</param>
    /// <exception cref="ArgumentException">The query has another size, or there are not so many rows.</exception>
    /// <exception cref="ShardException">A file changes meanwhile.</exception>
    public IReadOnlyList<ShardMatch> FindClosestAmong(IEnumerable<ShardRowRange> among, ReadOnlyMemory<float> query, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(among);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        if (query.Length != EmbeddingSize)
            throw new ArgumentException($"The query has {query.Length} numbers, but a row has {EmbeddingSize}.", nameof(query));
        var parts = among.SelectMany(Parts).ToArray();
        var found = ExactScan.FindInParts(parts.Length, (int)Math.Min(top, Math.Max(1, Count)), () =>
        {
            var buffer = new float[EmbeddingSize];
            return (part, best) => Scan(parts[part], query, buffer, best);
        }, cancellationToken);
        return Array.ConvertAll(found, row => new ShardMatch(row.Row, row.Closeness));
    }

    /// <summary>Reads rows as float32, one after the other.</summary>
    /// <param name="rows">Which.</param>
    /// <param name="read">Is shown the place of each and its numbers, which are there until it returns.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <exception cref="ArgumentException">There are not so many rows.</exception>
    public void ReadRows(ShardRowRange rows, Action<long, ReadOnlySpan<float>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        var buffer = new float[EmbeddingSize];
        foreach (var (file, begin, end) in Parts(rows))
        {
            Use(file, vectors =>
            {
                for (var row = begin; row < end; row++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    read(_files[file].Rows.Begin + row, vectors.Row(row, buffer));
                }
            });
        }
    }

    /// <summary>What the metadata knows of some rows.</summary>
    /// <param name="rows">The places of the rows.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <returns>In the order of the rows that were given.</returns>
    /// <exception cref="ArgumentException">There is no such row.</exception>
    /// <exception cref="ShardException">A file of metadata is damaged.</exception>
    public IReadOnlyList<EmbeddedSample> Describe(IReadOnlyList<long> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var samples = new Dictionary<long, EmbeddedSample>();
        foreach (var group in rows.Distinct().GroupBy(FileOf))
        {
            var shard = _files[group.Key].Rows;
            var path = Path.Combine(Folder, OutputNames.Metadata(shard.Number));
            var read = MetadataReader.Read(path, shard, group.Select(row => row - shard.Begin).ToHashSet(), cancellationToken);
            foreach (var (place, sample) in read)
                samples.Add(shard.Begin + place, sample);
        }
        return [.. rows.Select(row => samples[row])];
    }

    /// <summary>Lets go of the files, when nobody searches any more.</summary>
    public void Dispose()
    {
        lock (_mapping)
        {
            _isDisposed = true;
            foreach (var map in _maps)
                map?.Dispose();
            Array.Clear(_maps);
        }
    }

    // A row of zeros has a product of 0 with every query, which is closer than many that were embedded.
    private void Scan((int File, long Begin, long End) part, ReadOnlyMemory<float> query, float[] buffer, TopRows best) => Use(part.File, vectors =>
        ExactScan.Show(part.Begin, part.End, _files[part.File].Rows.Begin, best, row =>
        {
            var vector = vectors.Row(row, buffer);
            var closeness = TensorPrimitives.Dot(vector, query.Span);
            return !float.IsFinite(closeness) || (closeness == 0 && !vector.ContainsAnyExcept(0f)) ? float.NaN : closeness;
        }));

    private void Use(int file, Action<MappedVectors> use)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (file < _maps.Length)
        {
            use(Volatile.Read(ref _maps[file]) ?? Map(file));
            return;
        }
        using var once = _files[file].Map();
        use(once);
    }

    private MappedVectors Map(int file)
    {
        lock (_mapping)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _maps[file] ??= _files[file].Map();
        }
    }

    private IEnumerable<(int File, long Begin, long End)> Parts(ShardRowRange rows)
    {
        if (rows.Begin < 0 || rows.Count < 0 || rows.Begin > Count - rows.Count)
            throw new ArgumentException($"There are {Count:N0} rows, but {rows.Count:N0} from {rows.Begin:N0} on were asked for.", nameof(rows));
        var (begin, end) = (rows.Begin, rows.Begin + rows.Count);
        for (var index = begin < end ? FileOf(begin) : 0; begin < end; index++)
        {
            var file = _files[index];
            var last = Math.Min(end, file.Rows.Begin + file.Rows.Count);
            for (; begin < last; begin = Math.Min(begin + PartRows, last))
                yield return (index, begin - file.Rows.Begin, Math.Min(begin + PartRows, last) - file.Rows.Begin);
        }
    }

    // The file with a row: the last that begins at it or before it and is not empty.
    private int FileOf(long row)
    {
        if (row < 0 || row >= Count)
            throw new ArgumentException($"There are {Count:N0} rows, but row {row:N0} was asked for.", nameof(row));
        var (low, high) = (0, _files.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_files[middle].Rows.Begin <= row)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
