using Clip.Fuzz.Mutation;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Clip.Fuzz.Targets;

/// <summary>Every form of list.</summary>
internal static class ListTargets
{
    private static readonly string[] s_paths = ["a/1.jpg", "b 2.png", "\u00e9.webp"];
    private static readonly string[] s_captions = ["a cat, asleep", "the \"dog\"", "caf\u00e9 \ud83d\ude00"];

    /// <summary>The targets.</summary>
    public static IEnumerable<FuzzTarget> All() =>
    [
        new ListTarget("list-csv", new LinesMutator(), () =>
        [
            new("list.csv", [.. "filepath,title\na/1.jpg,\"a cat, asleep\"\nb.png,\"the \"\"dog\"\"\"\n\u00e9.webp,caf\u00e9\n"u8]),
            new("list.csv", [.. "title;filepath;more\r\na cat;1.jpg;x\r\n\"two\r\nlines\";2.jpg;\r\n"u8]),
        ]),
        new ListTarget("list-tsv", new LinesMutator(), () => [new("list.tsv", [.. "filepath\ttitle\na/1.jpg\ta \"cat\", asleep\nb.png\tdog\n"u8])]),
        new ListTarget("list-jsonl", new LinesMutator(), () =>
        [
            new("list.jsonl", [.. "{\"filepath\": \"1.jpg\", \"title\": \"a cat\"}\n\n{\"title\": \"caf\\u00e9\", \"filepath\": \"2.jpg\", \"more\": [1, {}]}\n"u8]),
        ]),
        new ListTarget("list-parquet", new ParquetMutator(), () => [Parquet(nullable: true, CompressionMethod.None), Parquet(nullable: false, CompressionMethod.Snappy)]),
    ];

    private static Seed Parquet(bool nullable, CompressionMethod compression)
    {
        var path = new DataField("filepath", typeof(string), isNullable: nullable);
        var title = new DataField("title", typeof(string), isNullable: nullable);
        using var file = new MemoryStream();
        Write().GetAwaiter().GetResult();
        return new Seed("list.parquet", file.ToArray());

        async Task Write()
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(path, title), file, new ParquetOptions { CompressionMethod = compression });
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync(path, s_paths);
                await rows.WriteAsync(title, s_captions);
            }
        }
    }
}
