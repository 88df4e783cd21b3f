using System.Globalization;
using System.Text.Json;
using Clip.Cli.Files;
using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.Cli.Search;

/// <summary>The graph of a folder of embeddings on the disk: a file that USearch wrote, and its description, which names it.</summary>
/// <param name="folder">The folder of embeddings.</param>
internal sealed class GraphFiles(string folder)
{
    private const string Extension = ".usearch";

    // 100,000 shards take some 10 MB.
    private const long LongestDescription = 256 << 20;

    private readonly string _path = Path.Combine(folder, "graph");

    private string DescriptionPath => Path.Combine(_path, "graph.json");

    /// <summary>Reads the description.</summary>
    /// <param name="problem">Why it is of no use; null where there is none.</param>
    public GraphDescription? Read(out string? problem)
    {
        problem = null;
        if (!File.Exists(DescriptionPath))
            return null;
        if (new FileInfo(DescriptionPath).Length > LongestDescription)
        {
            problem = "its description is too long";
            return null;
        }
        try
        {
            var read = JsonSerializer.Deserialize(RegularFile.ReadAllBytes(DescriptionPath), GraphJson.Default.GraphDescription);
            if (read is { File: { } name, Hash: not null, Size: > 0, Shards: { } shards } && Path.GetFileName(name) == name && name.EndsWith(Extension, StringComparison.Ordinal)
                && shards.All(shard => shard is { Number: not null, Rows: >= 0 }))
            {
                return read;
            }
            problem = "its description is damaged";
        }
        catch (JsonException e)
        {
            problem = $"its description is damaged ({e.Message})";
        }
        return null;
    }

    /// <summary>Opens the graph that a description names.</summary>
    /// <param name="described">The description.</param>
    /// <param name="isMapped">Whether it stays in the file and is only searched.</param>
    /// <param name="problem">Why it cannot be used.</param>
    public NeighborGraph? Open(GraphDescription described, bool isMapped, out string? problem)
    {
        var path = Path.Combine(_path, described.File);
        var file = new FileInfo(path);
        problem = null;
        if (!file.Exists)
            problem = "its file is gone";
        else if (RegularFile.FindProblem(path) is { } kind)
            problem = $"its file {kind.TrimEnd('.')}";
        // A copy has another time; USearch trusts what it reads.
        else if (file.Length != described.Bytes || (file.LastWriteTimeUtc.Ticks != described.Modified && HashOf(path) != described.Hash))
            problem = "its file is damaged";
        if (problem is not null)
            return null;
        var graph = NeighborGraph.Open(path, isMapped);
        if (graph.Dimensions == described.Size)
            return graph;
        graph.Dispose();
        problem = "it has vectors of another size";
        return null;
    }

    /// <summary>Writes a graph in the place of the one that is there.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shards">The shards whose rows are in it.</param>
    /// <returns>Its description.</returns>
    /// <exception cref="FailureException">The folder may not be written to.</exception>
    public GraphDescription Write(NeighborGraph graph, IReadOnlyList<GraphShard> shards)
    {
        RequireWritable();
        var name = $"{Guid.NewGuid():N}{Extension}";
        var path = Path.Combine(_path, name);
        try
        {
            graph.Save(path);
            AtomicFile.FlushToDisk(path);
            var file = new FileInfo(path);
            var described = new GraphDescription(name, file.Length, file.LastWriteTimeUtc.Ticks, HashOf(path), graph.Dimensions, shards);
            AtomicFile.Write(DescriptionPath, stream => JsonSerializer.Serialize(stream, described, GraphJson.Default.GraphDescription));
            foreach (var old in Directory.EnumerateFiles(_path, $"*{Extension}").Where(other => other != path))
                TryDelete(old);
            return described;
        }
        catch
        {
            TryDelete(path);
            throw;
        }
    }

    /// <summary>Requires that a graph can be written: before hours of work, not after.</summary>
    /// <exception cref="FailureException">The folder may not be written to.</exception>
    public void RequireWritable()
    {
        try
        {
            Directory.CreateDirectory(_path);
            OutputFile.Create(DescriptionPath).Dispose();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or FailureException)
        {
            throw new FailureException($"The graph of --approximate cannot be written to '{_path}'. ({e.Message}) Without --approximate all rows are compared.", e);
        }
    }

    private static string HashOf(string path) => GraphHash.Of(path).ToString("x16", CultureInfo.InvariantCulture);

    // Another process may still read it, which on Windows keeps it.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
