using System.Globalization;
using Clip.Shards;

namespace Clip.Cli.Search;

/// <summary>The samples of embedded shards that are closest to a query.</summary>
internal sealed class ShardQuery(ShardEmbeddings embeddings, bool isApproximate, Invocation invocation)
{
    /// <summary>Searches and tells.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="top">How many samples to show.</param>
    public async Task RunAsync(SearchQuery query, int top)
    {
        using var graph = isApproximate ? await ShardGraph.OpenAsync(embeddings, invocation) : null;
        var found = graph?.FindClosest(query.Vector, top, invocation.Cancelled) ?? embeddings.FindClosest(query.Vector, top, invocation.Cancelled);
        var samples = embeddings.Describe([.. found.Select(match => match.Row)], invocation.Cancelled);
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["query"] = query.Name,
                ["kind"] = query.Kind,
                ["embeddings"] = new JsonFields
                {
                    ["path"] = embeddings.Folder,
                    ["shards"] = embeddings.Shards.Count,
                    ["rows"] = embeddings.Count,
                    ["graph"] = graph is null ? null : new JsonFields { ["rows"] = graph.Count, ["added"] = graph.Added },
                },
                ["results"] = found.Zip(samples, (match, sample) => new JsonFields
                {
                    ["shard"] = sample.Shard,
                    ["row"] = sample.Row,
                    ["image"] = sample.Key,
                    ["caption"] = sample.Caption,
                    ["similarity"] = match.Similarity,
                }),
            });
            return;
        }
        var table = new ResultTable("#Similarity", "Shard", "Image", "Caption") { Title = query.Name };
        foreach (var (match, sample) in found.Zip(samples))
        {
            table.Add(
                match.Similarity.ToString("F4", CultureInfo.InvariantCulture),
                sample.Shard,
                sample.Key ?? sample.Row.ToString(CultureInfo.InvariantCulture),
                sample.Caption ?? "");
        }
        table.Write(invocation.Console);
    }
}
