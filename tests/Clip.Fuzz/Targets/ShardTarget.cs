using System.Formats.Tar;
using System.Text;
using Clip.Fuzz.Mutation;
using Clip.Training.Data;

namespace Clip.Fuzz.Targets;

/// <summary>Shards of images and captions, packed or not.</summary>
internal sealed class ShardTarget(string name, bool isPacked, bool hasJson) : FuzzTarget
{
    public override string Name => name;

    public override string Calls => "WebDataset.Batches";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(PairDataException)];

    public override Mutator Mutator { get; } = isPacked ? new GzipMutator(new TarMutator()) : new TarMutator();

    public override int Share => 6;

    public override long MostBytes => 128 << 20;

    public override ulong Read(FuzzInput input)
    {
        var reading = new WebDatasetOptions
        {
            ShuffleBuffer = 4,
            MaxCaptionBytes = 4096,
            CaptionEnding = hasJson ? "json" : "txt",
            CaptionProperty = hasJson ? "caption" : null,
        };
        using var source = new WebDataset([new ShardSet(input.Write())], TinyPairs.Options, reading);
        foreach (var batch in source.Batches(1, PairPosition.Start).Take(4))
        {
            using (batch)
                Require(TinyPairs.FindProblem(batch) is null, TinyPairs.FindProblem(batch) ?? "");
        }
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() => [.. new[] { TarEntryFormat.Pax, TarEntryFormat.Gnu, TarEntryFormat.Ustar }.Select(Shard)];

    private Seed Shard(TarEntryFormat format)
    {
        using var file = new MemoryStream();
        using (var tar = new TarWriter(file, format, leaveOpen: true))
        {
            for (var sample = 0; sample < 3; sample++)
            {
                var key = sample < 2 ? $"folder/{sample:D6}" : $"folder/{new string('x', 90)}";
                Add(tar, format, $"{key}.jpg", TinyPairs.Image);
                Add(tar, format, hasJson ? $"{key}.json" : $"{key}.txt", Encoding.UTF8.GetBytes(hasJson ? $$"""{"caption": "number {{sample}}", "more": [1]}""" : $"number {sample}"));
            }
        }
        return new Seed(isPacked ? "shard.tar.gz" : "shard.tar", isPacked ? GzipMutator.Pack(file.ToArray()) : file.ToArray());
    }

    private static void Add(TarWriter tar, TarEntryFormat format, string entryName, byte[] data)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, entryName),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, entryName),
            _ => new UstarTarEntry(TarEntryType.RegularFile, entryName),
        };
        entry.DataStream = new MemoryStream(data);
        entry.ModificationTime = DateTimeOffset.UnixEpoch;
        tar.WriteEntry(entry);
    }
}
