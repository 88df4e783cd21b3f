using Clip.Cli.Files;
using Clip.Preprocessing;

namespace Clip.Cli.Search;

/// <summary>Brings an index up to date with its folder: embeds what is new or changed, drops what is gone.</summary>
/// <param name="clip">The model.</param>
/// <param name="folder">The folder.</param>
/// <param name="path">The index's file.</param>
/// <param name="toHalf">Whether the file is to have float16; otherwise it keeps what it has, and a new one has float32.</param>
/// <param name="invocation">The run of the command.</param>
internal sealed class IndexRefresher(ClipModel clip, string folder, string path, bool toHalf, Invocation invocation)
{
    // The numbers depend on the weights and on how images are decoded and prepared.
    private readonly string _binding = $"clip-index/1 {clip.GetWeightsHash(invocation.Cancelled)} {clip.Card.Preprocessing}" +
        (clip.Preprocessor.Options.FastDecoding ? " fast decoding" : "");

    /// <summary>Images that could not be read.</summary>
    public List<LeftOut> LeftOut { get; } = [];

    /// <summary>Images that were embedded now.</summary>
    public int Embedded { get; private set; }

    /// <summary>Images of the old index whose files are gone.</summary>
    public int Removed { get; private set; }

    /// <summary>Reads the index, refreshes it and writes it if anything changed.</summary>
    public async Task<ImageIndex> RefreshAsync()
    {
        var old = ImageIndex.Read(path, _binding, clip.EmbeddingSize, out var problem);
        if (problem is not null)
            invocation.Console.Report($"The index '{path}' is made anew: {problem}.");
        var places = old.Entries.Index().ToDictionary(entry => entry.Item.Path, entry => entry.Index, StringComparer.Ordinal);
        var present = ImageInputs.Below(folder, invocation.Unreadable.Add).Select(relative => IndexEntry.Of(folder, relative)).ToList();
        var changed = present.Where(entry => !places.TryGetValue(entry.Path, out var place) || old.Entries[place] != entry).ToList();
        Removed = places.Keys.Except(present.Select(entry => entry.Path), StringComparer.Ordinal).Count();
        var isHalf = toHalf || old.IsHalf;
        if (changed.Count == 0 && Removed == 0 && isHalf == old.IsHalf)
            return old;

        var wasHalf = old.IsHalf;
        old = old.Detach();
        var known = old.Entries.Zip(old.Rows).ToDictionary(pair => pair.First.Path, StringComparer.Ordinal);
        RequireWritable();
        var fresh = new Dictionary<string, float[]>(StringComparer.Ordinal);
        try
        {
            await EmbedAsync(changed, fresh);
        }
        finally
        {
            // What was computed before Ctrl-C is not computed again.
            old = Merge(present, known, fresh) with { IsHalf = isHalf };
            // What is searched now is what the file will hold.
            if (isHalf)
                old.Rows.AsParallel().ForAll(UnitRow.RoundToHalf);
            // An image that cannot be read is tried again each time, and changes nothing.
            if (fresh.Count > 0 || old.Entries.Count != known.Count || isHalf != wasHalf)
                old.Write(path, _binding, clip.EmbeddingSize);
        }
        return old;
    }

    private Task<bool> EmbedAsync(List<IndexEntry> changed, Dictionary<string, float[]> fresh) =>
        ProgressDisplay.RunAsync(invocation.Console, "Embedding images", async progress =>
        {
            var sources = changed.Select(entry => ImageSource.FromFile(Path.Combine(folder, entry.Path)));
            await foreach (var embedding in clip.EmbedImagesAsync(sources, invocation.Cancelled))
            {
                if (UnitRow.FindProblem(embedding) is { } error)
                    LeftOut.Add(Cli.LeftOut.Report(invocation.Console, embedding.Name, error));
                else
                    fresh.Add(changed[(int)embedding.Index].Path, embedding.Vector);
                Embedded = fresh.Count;
                progress.Report((embedding.Index + 1, changed.Count));
            }
            return true;
        });

    private static ImageIndex Merge(List<IndexEntry> present, Dictionary<string, (IndexEntry First, float[] Second)> known, Dictionary<string, float[]> fresh)
    {
        var entries = new List<IndexEntry>(present.Count);
        var rows = new List<float[]>(present.Count);
        foreach (var entry in present)
        {
            var row = fresh.GetValueOrDefault(entry.Path) ?? (known.TryGetValue(entry.Path, out var old) && old.First == entry ? old.Second : null);
            if (row is null)
                continue;
            entries.Add(entry);
            rows.Add(row);
        }
        return new ImageIndex(entries, rows);
    }

    // Before hours of work, not after.
    private void RequireWritable()
    {
        try
        {
            OutputFile.Create(path).Dispose();
        }
        catch (Exception e) when (e is FailureException or IOException)
        {
            throw new FailureException($"The index '{path}' cannot be written. --index puts it somewhere else. ({e.Message})", e);
        }
    }
}
