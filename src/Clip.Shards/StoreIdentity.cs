using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Clip.Shards.Outputs;

namespace Clip.Shards;

/// <summary>Which embeddings a store holds: those of one model, of images decoded in one way, with one numbering of shards.</summary>
internal static class StoreIdentity
{
    private const string FastDecoding = "fastDecoding";

    // Of the weights, from each end: enough to tell two files of one length apart, and read in no time.
    private const int PartBytes = 1 << 20;

    /// <summary>Writes the identity of a new store, or compares it with a store's.</summary>
    /// <exception cref="ShardException">The store holds other embeddings.</exception>
    public static async Task RequireAsync(IShardStore store, ClipModel clip, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
    {
        var own = Describe(clip, shards);
        var bytes = Encoding.UTF8.GetBytes(own.ToJsonString() + "\n");
        if (await store.TryCreateAsync(OutputNames.Identity, bytes, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var there = await ReadAsync(store, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in own)
        {
            // A store that does not say it holds exactly decoded images.
            var other = there?[name]?.ToJsonString() ?? (name == FastDecoding && there is not null ? "false" : null);
            if (other != value!.ToJsonString())
                throw new ShardException(store.Name, $"holds other embeddings: {name} is {other ?? "absent"} in its {OutputNames.Identity} and {value.ToJsonString()} here. Choose another folder.");
        }
    }

    /// <summary>Compares the model of a store with another.</summary>
    /// <exception cref="ShardException">The store holds embeddings of another model.</exception>
    public static async Task RequireModelAsync(IShardStore store, ClipModel clip, CancellationToken cancellationToken)
    {
        var there = await ReadAsync(store, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in DescribeModel(clip).Where(entry => entry.Key != "model"))
        {
            if (there?[name]?.ToJsonString() is var other && other != value!.ToJsonString())
            {
                throw new ShardException(
                    store.Name,
                    $"holds embeddings of another model, {there?["model"]?.ToJsonString() ?? "without a name"}: {name} is {other ?? "absent"} in its {OutputNames.Identity} and {value.ToJsonString()} for '{clip.Card.Name}'. Search it with that model.");
            }
        }
    }

    /// <summary>Elements of a row; null for a store that nothing was written to.</summary>
    public static async Task<int?> ReadEmbeddingSizeAsync(IShardStore store, CancellationToken cancellationToken) =>
        (await ReadAsync(store, cancellationToken).ConfigureAwait(false))?["embeddingSize"] is JsonValue value && value.TryGetValue<int>(out var size) && size > 0 ? size : null;

    private static async Task<JsonObject?> ReadAsync(IShardStore store, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(OutputNames.Identity, cancellationToken).ConfigureAwait(false) is not { } bytes)
            return null;
        try
        {
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new ShardException(store.Name, $"has an {OutputNames.Identity} that is not valid JSON: {e.Message}", e);
        }
    }

    private static JsonObject Describe(ClipModel clip, IReadOnlyList<Shard> shards)
    {
        var identity = DescribeModel(clip);
        identity[FastDecoding] = clip.Preprocessor.Options.FastDecoding;
        identity["numbering"] = Shard.AreNumberedByName(shards) ? "names" : NumberingOf(shards);
        return identity;
    }

    private static JsonObject DescribeModel(ClipModel clip) => new()
    {
        ["model"] = clip.Card.Name,
        ["weights"] = Fingerprint(clip.Card.WeightsPath),
        ["embeddingSize"] = clip.EmbeddingSize,
    };

    private static string NumberingOf(IReadOnlyList<Shard> shards)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', shards.Select(shard => shard.Address))));
        return string.Create(CultureInfo.InvariantCulture, $"list of {shards.Count}, {Convert.ToHexStringLower(hash.AsSpan(0, 8))}");
    }

    private static string Fingerprint(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var part = new byte[Math.Min(length, PartBytes)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(length));
        foreach (var offset in (long[])[0, length - part.Length])
            hash.AppendData(part, 0, RandomAccess.Read(file, part, offset));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
