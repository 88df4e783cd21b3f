using System.Text.Json.Serialization;

namespace Clip.Cli.Search;

/// <summary>What a graph of neighbors was made of, beside its file.</summary>
/// <param name="File">The name of the graph's file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Modified">When it was written, in ticks of UTC: as long as it is so, its hash is not computed again.</param>
/// <param name="Hash">XXH3 of its bytes, in hexadecimal digits.</param>
/// <param name="Size">Numbers of a vector.</param>
/// <param name="Shards">The shards whose rows are in it, in the order in which they were added; their rows are its keys, counted through.</param>
internal sealed record GraphDescription(string File, long Bytes, long Modified, string Hash, int Size, IReadOnlyList<GraphShard> Shards);

/// <summary>A shard in a graph, and how its file looked.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">The length of its file.</param>
/// <param name="Modified">When that was written, in ticks of UTC.</param>
internal sealed record GraphShard(string Number, long Rows, long Bytes, long Modified);

/// <summary>How descriptions are written and read, generated at build time.</summary>
[JsonSerializable(typeof(GraphDescription))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class GraphJson : JsonSerializerContext;
