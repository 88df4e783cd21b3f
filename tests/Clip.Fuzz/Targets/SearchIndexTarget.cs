using Clip.Cli.Search;
using Clip.Fuzz.Mutation;

namespace Clip.Fuzz.Targets;

/// <summary>Indexes of clip search: what cannot be used is made anew, which counts as refused.</summary>
internal sealed class SearchIndexTarget : FuzzTarget
{
    private const string Binding = "clip-index/1 model preprocessing";
    private const int Size = 4;

    public override string Name => "search-index";

    public override string Calls => "ImageIndex.Read";

    // Not thrown by the reader, which says in words why it begins anew.
    public override IReadOnlyList<Type> Documented { get; } = [typeof(InvalidDataException)];

    public override Mutator Mutator { get; } = new SafetensorsMutator();

    public override bool ReadsTwice => true;

    public override ulong Read(FuzzInput input)
    {
        using var index = ImageIndex.Read(input.Write(), Binding, Size, out var problem);
        if (problem is not null)
            throw new InvalidDataException(problem);
        Require(index.Entries.Count == index.Rows.Count, $"{index.Entries.Count} images have {index.Rows.Count} rows.");
        Require(index.Entries.All(entry => entry is { Path.Length: > 0 }), "an entry names no image.");
        Require(index.Entries.Select(entry => entry.Path).Distinct(StringComparer.Ordinal).Count() == index.Entries.Count, "an image has two entries.");
        var hash = new ValueHash();
        foreach (var row in index.Rows)
        {
            Require(row.Length == Size && Array.TrueForAll(row, float.IsFinite), $"a row is [{string.Join(", ", row)}].");
            hash.Add<float>(row);
        }
        return hash.Value;
    }

    protected override IReadOnlyList<Seed> CreateSeeds()
    {
        using var folder = new TemporaryFolder();
        var index = new ImageIndex([new IndexEntry("a/1.jpg", 10, 638_000_000_000_000_000), new IndexEntry("b \"2\".png", 0, 5)], [[1, 0, 0, 0], [0, 0.6f, 0.8f, 0]]);
        index.Write(folder.File("index.safetensors"), Binding, Size);
        return [new Seed("index.safetensors", File.ReadAllBytes(folder.File("index.safetensors")))];
    }
}
