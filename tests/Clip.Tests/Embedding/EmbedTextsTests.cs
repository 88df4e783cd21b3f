using System.Numerics.Tensors;
using Clip.Models;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip.Tests;

public sealed class EmbedTextsTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private readonly ClipModel _clip = tiny.Clip;

    [Fact]
    public void EmbedTexts_AnyLengths_EqualsTheNetworkOnFullRows()
    {
        string[] texts = ["a", "", "the cat", "a photo of the", "a", "CAPITALS", "it's 7", "déjà"];

        var rows = _clip.EmbedTexts(texts);

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        for (var i = 0; i < texts.Length; i++)
        {
            var expected = _clip.Network.EncodeTexts(tensor(_clip.Tokenizer.Tokenize(texts[i])).unsqueeze(0), normalize: true);
            TensorAssert.Close(expected, tensor(rows[i], [1, TinyClip.EmbeddingSize]), 2e-6);
        }
        Assert.NotSame(rows[0], rows[4]);
        Assert.Equal(rows[0], rows[4]);
    }

    [Fact]
    public void EmbedTexts_ThousandsOfTexts_KeepTheirOrder()
    {
        var texts = Enumerable.Range(0, 5_000).Select(i => $"{i % 700} {new string('x', i % 11)}").ToArray();

        var rows = _clip.EmbedTexts(texts);

        Assert.Equal(texts.Length, rows.Length);
        foreach (var i in (int[])[0, 1, 699, 4095, 4096, 4999])
            Assert.Equal(1, TensorPrimitives.CosineSimilarity(rows[i], _clip.EmbedText(texts[i])), 5);
    }

    [Fact]
    public void EmbedTexts_TooLong_ThrowsWithItsPlaceAndTheRemedy()
    {
        var error = Assert.Throws<ArgumentException>(() => _clip.EmbedTexts(["short", new string('y', 100)]));

        Assert.Contains("texts[1]", error.Message);
        Assert.Contains("Truncate", error.Message);
    }

    [Fact]
    public void EmbedTexts_Windows_IsTheMeanOfTheParts()
    {
        using var clip = ClipModel.Load(tiny.Folder, new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, TextOverflow = TokenOverflow.Windows });
        var text = string.Join(' ', Enumerable.Repeat("q", TinyClip.ContextLength - 2).Concat(Enumerable.Repeat("z", 3)));

        var row = clip.EmbedText(text);

        var parts = _clip.EmbedTexts([string.Join(' ', Enumerable.Repeat("q", TinyClip.ContextLength - 2)), "z z z"]);
        var sum = new float[row.Length];
        TensorPrimitives.Add(parts[0], parts[1], sum);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity(row, sum), 5);
        Assert.Equal(1, TensorPrimitives.Norm<float>(row), 5);
        Assert.Equal(_clip.EmbedText("short"), clip.EmbedText("short"));
    }

    [Fact]
    public void EmbedTexts_NullText_ThrowsArgumentException() =>
        Assert.ThrowsAny<ArgumentException>(() => _clip.EmbedTexts(["a", null!]));

    [Fact]
    public async Task EmbedTextsAsync_Stream_GivesTextsInOrder()
    {
        string[] texts = ["b", "a", "b"];
        var results = new List<TextEmbedding>();

        await foreach (var result in _clip.EmbedTextsAsync(texts.ToAsyncEnumerable()))
            results.Add(result);

        Assert.Equal(texts, results.Select(result => result.Text));
        Assert.Equal([0L, 1L, 2L], results.Select(result => result.Index));
        Assert.Equal(1, System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(_clip.EmbedText("a"), results[1].Vector), 5);
    }

    [Theory]
    [InlineData(TextPooling.HighestId)]
    [InlineData(TextPooling.FirstEndToken)]
    public void EmbedTexts_EndTokenInsideThePadding_PoolsWhereTheTowerDoes(TextPooling pooling)
    {
        var end = TinyClip.Config.Text.VocabularySize - 1;
        using var folder = new TemporaryFolder();
        var config = TinyClip.Config with { Text = TinyClip.Config.ClipText() with { Pooling = pooling, EndTokenId = end } };
        using var clip = ClipModel.Load(
            TinyClip.Write(folder.Path, config: config),
            new ClipModelOptions { Device = "cpu", Precision = Precision.Float32, Tokenization = ClipTokenizerOptions.HuggingFace });      // pads with the end token

        var row = clip.EmbedText("the cat");

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var expected = clip.Network.EncodeTexts(tensor(clip.Tokenizer.Tokenize("the cat")).unsqueeze(0), normalize: true);
        TensorAssert.Close(expected, tensor(row, [1, TinyClip.EmbeddingSize]), 2e-6);
    }

    [Fact]
    [NoTensorLeaks]
    public void EmbedTexts_ErrorsAndResults_LeaveNoTensors()
    {
        _clip.EmbedTexts(["a", "b", "the the the"]);
        Assert.Throws<ArgumentException>(() => _clip.EmbedTexts([new string('y', 100)]));
    }
}
