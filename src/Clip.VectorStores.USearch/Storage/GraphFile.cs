using System.Buffers;
using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>A file with a graph, as the log names it.</summary>
/// <param name="Vector">Which vector of rows.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">The hash of its bytes.</param>
/// <param name="Rows">Rows before this one are in it, those that were dead excepted.</param>
internal sealed record GraphFile(int Vector, string Name, long Length, ulong Hash, int Rows)
{
    private const string Extension = ".usearch";

    /// <summary>A name that no other graph has.</summary>
    public static string NewName() => $"graph-{Guid.NewGuid():N}{Extension}";

    /// <summary>All graphs of a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> All(string folder) => Directory.EnumerateFiles(folder, $"graph-*{Extension}");

    /// <summary>Describes a file that was written.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="vector">Which vector of rows.</param>
    /// <param name="rows">Rows that it knows.</param>
    public static GraphFile Of(string folder, string name, int vector, int rows)
    {
        var path = Path.Combine(folder, name);
        return new GraphFile(vector, name, new FileInfo(path).Length, GraphHash.Of(path), rows);
    }

    /// <summary>Reads the log's entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <exception cref="InvalidDataException">It names no graph.</exception>
    public static GraphFile Read(ReadOnlySpan<byte> entry)
    {
        var reader = new FieldReader(entry);
        var graph = new GraphFile(reader.ReadInt32(), Hash: unchecked((ulong)reader.ReadInt64()), Length: reader.ReadInt64(), Rows: reader.ReadInt32(), Name: reader.ReadText());
        return graph is { Vector: >= 0, Rows: >= 0 } && Path.GetFileName(graph.Name) == graph.Name && graph.Name.EndsWith(Extension, StringComparison.Ordinal)
            ? graph
            : throw new InvalidDataException("It names a graph that is none.");
    }

    /// <summary>Writes the log's entry.</summary>
    /// <param name="output">Where to.</param>
    public void Write(ArrayBufferWriter<byte> output)
    {
        output.WriteInt32(Vector);
        output.WriteInt64(unchecked((long)Hash));
        output.WriteInt64(Length);
        output.WriteInt32(Rows);
        output.WriteText(Name);
    }

    /// <summary>Opens it where it is whole; null where it is not, or where there are no graphs on this machine.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="dimensions">Numbers of a vector.</param>
    /// <param name="isMapped">Whether it is only searched.</param>
    public NeighborGraph? Open(string folder, int dimensions, bool isMapped)
    {
        var path = Path.Combine(folder, Name);
        var file = new FileInfo(path);
        if (NeighborGraph.LibraryProblem is not null || !file.Exists || file.Length != Length || RegularFile.FindProblem(path) is not null || GraphHash.Of(path) != Hash)
            return null;
        var graph = NeighborGraph.Open(path, isMapped);
        if (graph.Dimensions == dimensions)
            return graph;
        graph.Dispose();
        return null;
    }
}
