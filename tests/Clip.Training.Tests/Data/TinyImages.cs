using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training.Data;
using SkiaSharp;

namespace Clip.Training.Tests.Data;

/// <summary>Small images, each of one color and with its number as caption, and what is needed to read them as pairs.</summary>
internal sealed class TinyImages : IDisposable
{
    public const int Resolution = 4;

    private readonly TemporaryFolder _folder = new();

    public TinyImages()
    {
        new VocabularyLearner().Learn(514).Save(_folder.Path);
        Tokenizer = ClipTokenizer.Load(_folder.Path, new ClipTokenizerOptions { ContextLength = 12, Overflow = TokenOverflow.Truncate });
    }

    public ClipTokenizer Tokenizer { get; }

    public string Path => _folder.Path;

    public PairSourceOptions Options => new() { Preprocessing = PreprocessingConfig.OpenAI(Resolution), Tokenizer = Tokenizer, Seed = 7 };

    /// <summary>The bytes of an image's file.</summary>
    public static byte[] Encode(int number)
    {
        using var bitmap = new SKBitmap(9, 6);
        bitmap.Erase(new SKColor((byte)(number * 37), (byte)(number * 11), (byte)number));
        bitmap.SetPixel(2, 3, SKColors.White);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Writes images and gives their file names.</summary>
    public string[] Write(int count) =>
        [.. Enumerable.Range(0, count).Select(number => System.IO.Path.GetFileName(_folder.Write($"{number}.png", Encode(number))))];

    public string Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    public string Write(string name, string text) => _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public string File(string name) => _folder.File(name);

    /// <summary>Images 0 to below a count as a list in memory; those for which there is no file are unreadable.</summary>
    public CaptionedImages Listed(int count, PairSourceOptions? options = null) => CaptionedImages.From(
        Enumerable.Range(0, count).Select(number => new CaptionedImage(File($"{number}.png"), $"{number}")), options ?? Options);

    /// <summary>The captions of a batch, which are numbers.</summary>
    public int[] Numbers(PairBatch batch) => [.. Captions(batch).Select(int.Parse)];

    /// <summary>The captions of a batch.</summary>
    public string[] Captions(PairBatch batch)
    {
        var ids = batch.Tokens.data<long>().ToArray();
        return [.. ids.Chunk(Tokenizer.ContextLength).Select(row => Tokenizer.Decode(row.Skip(1).TakeWhile(id => id != Tokenizer.EndTokenId).Select(id => (int)id)).Replace(" ", ""))];
    }

    /// <summary>The captions of the next batches, which are disposed.</summary>
    public int[] Read(IPairSource source, int size, int batches, PairPosition from = default) =>
        [.. source.Batches(size, from).Take(batches).SelectMany(batch => { using (batch) return Numbers(batch); })];

    /// <summary>All there is to know of the next batches.</summary>
    public static List<(float[] Pixels, long[] Tokens, PairPosition Next, int Skipped)> Record(IPairSource source, int size, int batches, PairPosition from = default) =>
        [.. source.Batches(size, from).Take(batches).Select(batch =>
        {
            using (batch)
            using (var images = batch.GetImages())
                return (images.data<float>().ToArray(), batch.Tokens.data<long>().ToArray(), batch.Next, batch.Skipped);
        })];

    /// <summary>Fails unless two records are equal bit by bit.</summary>
    public static void AssertEqual(
        IEnumerable<(float[] Pixels, long[] Tokens, PairPosition Next, int Skipped)> expected, IEnumerable<(float[] Pixels, long[] Tokens, PairPosition Next, int Skipped)> actual)
    {
        foreach (var (one, other) in expected.Zip(actual, (one, other) => (one, other)))
        {
            Assert.Equal(one.Pixels, other.Pixels);
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal((one.Next, one.Skipped), (other.Next, other.Skipped));
        }
        Assert.Equal(expected.Count(), actual.Count());
    }

    public void Dispose() => _folder.Dispose();
}
