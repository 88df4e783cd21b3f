using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clip.Cli.Search;

/// <summary>How the images of an index are written and read, generated at build time.</summary>
[JsonSerializable(typeof(List<IndexEntry>))]
internal sealed partial class IndexJson : JsonSerializerContext
{
    /// <summary>With the names and characters of <see cref="Json"/>.</summary>
    public static IndexJson Readable => field ??= new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = Json.Encoder });
}
