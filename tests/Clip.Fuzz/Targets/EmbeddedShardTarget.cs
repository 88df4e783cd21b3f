using System.Runtime.InteropServices;
using System.Text;
using Clip.Fuzz.Mutation;
using Clip.Shards;
using Parquet;
using Parquet.Schema;

namespace Clip.Fuzz.Targets;

/// <summary>What workers wrote, as clip search reads it: rows of NumPy, or the metadata beside them.</summary>
internal sealed class EmbeddedShardTarget(bool isMetadata) : FuzzTarget
{
    private const int Rows = 6;

    private static readonly Lazy<Seed[]> s_arrays = new(() => [Array("<f2"), Array("<f4")]);
    private static readonly Lazy<Seed> s_metadata = new(() => MetadataAsync().GetAwaiter().GetResult());

    public override string Name => isMetadata ? "embedded-metadata" : "embedded-rows";

    public override string Calls => isMetadata ? "ShardEmbeddings.Describe" : "ShardEmbeddings.FindClosest";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(ShardException)];

    public override Mutator Mutator { get; } = isMetadata ? new ParquetMutator() : BytesMutator.Instance;

    public override ulong Read(FuzzInput input)
    {
        var companion = isMetadata ? s_arrays.Value[0] : s_metadata.Value;
        input.Write();
        input.Write(companion.Name, companion.Bytes);
        using var embeddings = ShardEmbeddings.OpenAsync(input.Folder).GetAwaiter().GetResult();
        var query = new float[embeddings.EmbeddingSize];
        query[0] = 1;
        var closest = embeddings.FindClosest(query, 3);
        Require(closest.All(match => float.IsFinite(match.Similarity) && match.Row >= 0 && match.Row < embeddings.Count), "a match is no row.");
        Require(closest.Zip(closest.Skip(1)).All(pair => pair.First.Similarity >= pair.Second.Similarity), "matches have no order.");
        var samples = embeddings.Describe([.. closest.Select(match => match.Row)]);
        Require(samples.Count == closest.Count && samples.All(sample => sample.Shard == "00000"), "a row is of no shard.");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => isMetadata ? [s_metadata.Value] : s_arrays.Value;

    private static Seed Array(string type)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({Rows}, 4), }}".PadRight(117) + "\n";
        var numbers = Enumerable.Range(0, 4 * Rows).Select(i => i % 5 / 5f).ToArray();
        var rows = type == "<f4" ? MemoryMarshal.AsBytes<float>(numbers) : MemoryMarshal.AsBytes<Half>(System.Array.ConvertAll(numbers, number => (Half)number));
        return new Seed("img_emb/img_emb_00000.npy", [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), .. rows]);
    }

    private static async Task<Seed> MetadataAsync()
    {
        var (key, caption) = (new DataField("image_path", typeof(string), isNullable: false), new DataField("caption", typeof(string), isNullable: true));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(key, caption), file))
        {
            foreach (var rows in Enumerable.Range(0, Rows).Chunk(4))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(key, System.Array.ConvertAll(rows, row => $"sample {row}"));
                await group.WriteAsync(caption, System.Array.ConvertAll(rows, row => row % 2 == 0 ? null : $"caption {row}")!);
            }
        }
        return new Seed("metadata/metadata_00000.parquet", file.ToArray());
    }
}
