using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training.Data;

namespace Clip.Fuzz.Targets;

/// <summary>What reading pairs of images and captions takes, and an image.</summary>
internal static class TinyPairs
{
    private static readonly Lazy<ClipTokenizer> s_tokenizer = new(() =>
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in TokenizerTargets.Pair())
            folder.Write(name, bytes);
        return ClipTokenizer.Load(folder.Path, new ClipTokenizerOptions { ContextLength = 12, Overflow = TokenOverflow.Truncate });
    });

    public static PairSourceOptions Options => new()
    {
        Preprocessing = PreprocessingConfig.OpenAI(8),
        Tokenizer = s_tokenizer.Value,
        Images = new ImagePreprocessorOptions { Limits = new ImageLimits { MaxPixels = 1 << 16 } },
        MaxCorruptShare = 1,
        Threads = 1,
        BatchesAhead = 1,
    };

    public static byte[] Image { get; } = File.ReadAllBytes(Fixtures.Find("jpeg_sampling", "luma4x2.jpg"));

    /// <summary>Fails unless a batch holds finite pixels and ids of the vocabulary.</summary>
    public static string? FindProblem(PairBatch batch)
    {
        using var images = batch.GetImages();
        var pixels = images.data<float>().ToArray();
        var ids = batch.Tokens.data<long>().ToArray();
        return !Array.TrueForAll(pixels, float.IsFinite) ? "a pixel is not finite."
            : !Array.TrueForAll(ids, id => id >= 0 && id < s_tokenizer.Value.VocabularySize) ? "an id is not in the vocabulary."
            : null;
    }
}
