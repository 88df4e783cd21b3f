using Clip.Shared;
using Clip.Shared.Search;
using Clip.Shared.VectorStores;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>From rows to the file of a graph: the old graph and the rows that it lacks.</summary>
internal static class GraphBuilding
{
    /// <summary>Builds a graph of all rows; null where it was canceled.</summary>
    /// <param name="folder">Where its file will be.</param>
    /// <param name="records">The rows, which do not change meanwhile.</param>
    /// <param name="vector">Which vector.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static GraphFile? Build(string folder, OpenRecords records, int vector, CancellationToken cancellationToken)
    {
        var property = records.Codec.Vectors[vector];
        var old = records.File(vector);
        using var graph = old?.Open(folder, property.Dimensions, isMapped: false) ?? NeighborGraph.Create(StoreDistance.Of(property).Metric, property.Dimensions);
        var values = new float[property.Dimensions];
        for (var row = graph.Count == 0 ? 0 : old!.Rows; row < records.Rows.Count; row++)
        {
            if (cancellationToken.IsCancellationRequested)
                return null;
            var bytes = records.Row(row);
            if (bytes.IsEmpty || !records.Codec.HasVector(bytes, vector))
                continue;
            records.Codec.ReadVector(bytes, vector, values);
            graph.Add(row, values);
        }
        // An empty graph has nothing to find, and no file that could be mapped.
        if (graph.Count == 0)
            return null;
        var name = GraphFile.NewName();
        var path = Path.Combine(folder, name);
        graph.Save(path);
        AtomicFile.FlushToDisk(path);
        return GraphFile.Of(folder, name, vector, records.Rows.Count);
    }
}
