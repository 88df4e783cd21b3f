using Clip.Shared.Search;
using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>A collection's log, where its rows lie, and its graphs. Its user sees to it that nobody reads while it changes.</summary>
internal sealed class OpenRecords : IDisposable
{
    private readonly CollectionFolder _folder;
    private readonly GraphFile?[] _files;
    private readonly NeighborGraph?[] _graphs;

    /// <summary>Reads what was committed.</summary>
    /// <param name="folder">The collection's folder.</param>
    /// <param name="generation">The number of the log.</param>
    /// <param name="codec">How its records are stored.</param>
    /// <exception cref="InvalidDataException">The log is damaged, or holds other records.</exception>
    public OpenRecords(CollectionFolder folder, int generation, RecordCodec codec)
    {
        _folder = folder;
        Codec = codec;
        _files = new GraphFile?[codec.Vectors.Count];
        _graphs = new NeighborGraph?[codec.Vectors.Count];
        Path = folder.LogPath(generation);
        Log = new RowLog(Path);
        try
        {
            ReadNew();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The log's path.</summary>
    public string Path { get; }

    /// <summary>How the records are stored.</summary>
    public RecordCodec Codec { get; }

    /// <summary>The log.</summary>
    public RowLog Log { get; }

    /// <summary>Where the rows lie.</summary>
    public RowTable Rows { get; } = new();

    /// <summary>Whether the collection is deleted or goes on in another file.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether a vector is searched by a graph, where it is large enough.</summary>
    /// <param name="vector">Which one.</param>
    public bool IsIndexed(int vector) => Codec.Vectors[vector].IndexKind != IndexKind.Flat && NeighborGraph.LibraryProblem is null;

    /// <summary>A vector's graph; null where there is none.</summary>
    /// <param name="vector">Which vector.</param>
    public NeighborGraph? Graph(int vector) => _graphs[vector];

    /// <summary>The file of a vector's graph; null where there is none that is whole.</summary>
    /// <param name="vector">Which vector.</param>
    public GraphFile? File(int vector) => _graphs[vector] is null ? null : _files[vector];

    /// <summary>The bytes of a row; empty where it is dead.</summary>
    /// <param name="row">Its number.</param>
    public ReadOnlySpan<byte> Row(int row) => Rows.Place(row) is { } place ? Log.Slice(place.Offset, place.Length) : [];

    /// <summary>Reads what was committed since.</summary>
    /// <exception cref="InvalidDataException">The log is damaged, or holds other records.</exception>
    public void ReadNew()
    {
        var before = _files.ToArray();
        Log.ReadNew(Apply);
        for (var vector = 0; vector < _files.Length; vector++)
        {
            if (_files[vector] is { } file && file != before[vector])
                Use(file, IsIndexed(vector) ? file.Open(_folder.Path, Codec.Vectors[vector].Dimensions, isMapped: true) : null);
        }
    }

    /// <summary>Makes a frame readable that is on the disk.</summary>
    /// <param name="frame">The frame.</param>
    public void Add(byte[] frame)
    {
        var offset = Log.Add(frame);
        Apply(offset, frame.AsSpan(Frame.HeaderBytes));
    }

    /// <summary>Searches by another graph from now on.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="graph">The graph; null where it cannot be used.</param>
    public void Use(GraphFile file, NeighborGraph? graph)
    {
        _graphs[file.Vector]?.Dispose();
        (_files[file.Vector], _graphs[file.Vector]) = (file, graph);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var graph in _graphs)
            graph?.Dispose();
        Log.Dispose();
    }

    private void Apply(long begin, ReadOnlySpan<byte> entries) => EntryBuffer.Read(entries, (kind, offset, entry) =>
    {
        switch (kind)
        {
            case EntryKind.Record:
                Rows.Put(Codec.ReadKey(entry), begin + offset, entry.Length);
                break;
            case EntryKind.Deleted:
                Rows.Remove(new FieldReader(entry).ReadField() ?? throw new InvalidDataException("It deletes a record without a key."));
                break;
            case EntryKind.Closed:
                IsClosed = true;
                break;
            case EntryKind.Graph:
                var file = GraphFile.Read(entry);
                if (file.Vector >= _files.Length || file.Rows > Rows.Count)
                    throw new InvalidDataException("It names a graph of rows that it has not.");
                _files[file.Vector] = file;
                break;
            default:
                throw new InvalidDataException($"It has an entry of kind {(byte)kind}, which there is not.");
        }
    });
}
