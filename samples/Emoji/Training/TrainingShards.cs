using System.Formats.Tar;
using System.Text;
using Emoji.Datasets;
using Emoji.Icons;
using Emoji.Rendering;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Training;

/// <summary>The pairs of training as a WebDataset: a shard has every emoji once, each in some style with some caption.</summary>
/// <param name="folder">Where the shards are.</param>
/// <param name="phase">How many there are and what is in them.</param>
/// <param name="batchSize">Pairs of a batch, of which no two are of the same emoji.</param>
internal sealed class TrainingShards(string folder, Phase phase, int batchSize)
{
    // How many of a kind come together, in turn: some batches are harder than others.
    private static readonly int[] Together = [1, 4, 8];

    /// <summary>The shards, as a pattern that names all.</summary>
    public string Pattern => Path.Combine(folder, $"train-{{0000..{phase.Rounds - 1:D4}}}.tar");

    /// <summary>Writes the shards that are not there.</summary>
    public void Write(ImageFolder images, Catalog catalog, CaptionWriter captions, Action<string> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var composer = new ImageComposer(images);
        var styles = Styles.Training.SelectMany(style => images.Codes(style).Select(code => (style, code))).ToLookup(pair => pair.code, pair => pair.style);
        var codes = styles.Select(emoji => emoji.Key).Order(StringComparer.Ordinal).ToList();
        var pairs = codes.Count / batchSize * batchSize;
        for (var round = 0; round < phase.Rounds; round++)
        {
            var path = Path.Combine(folder, $"train-{round:D4}.tar");
            if (File.Exists(path))
                continue;
            var order = RoundOrder.Shuffle(codes, catalog.Kinds, phase.IsPlain ? 1 : Together[round % Together.Length], new IndexedRandom(phase.Seed, -1 - round));
            // Whole batches, so that none goes on in the next shard, where an emoji might come again.
            WriteShard(path, round, order[..pairs], composer, captions, styles, cancellationToken);
            if (round % 20 == 19)
                report($"{phase.Name}: {round + 1} of {phase.Rounds} shards of {pairs} pairs");
        }
    }

    private void WriteShard(
        string path, int round, List<string> codes, ImageComposer composer, CaptionWriter captions, ILookup<string, string> styles, CancellationToken cancellationToken)
    {
        var pairs = new (byte[] Image, string Caption)[codes.Count];
        Parallel.For(0, codes.Count, new ParallelOptions { CancellationToken = cancellationToken }, place =>
        {
            var random = new IndexedRandom(phase.Seed, ((long)round << 16) + place);
            string[] known = [.. styles[codes[place]]];
            var style = known[random.Below(known.Length)];
            pairs[place] = (composer.Compose(style, codes[place], phase.IsPlain, ref random), captions.Write(codes[place], phase.IsPlain, ref random));
        });
        AtomicFile.Write(path, stream =>
        {
            using var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true);
            for (var place = 0; place < pairs.Length; place++)
            {
                tar.Add($"{place:D4}.png", pairs[place].Image);
                tar.Add($"{place:D4}.txt", Encoding.UTF8.GetBytes(pairs[place].Caption));
            }
        });
    }
}
