using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests;

/// <summary>SigLIP's rows on a SentencePiece model of a few pieces.</summary>
public sealed class SigLipTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SigLipTokenizerTests() => TinySentencePiece.Write(_folder.File("spiece.model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tokenize_Caption_GivesPiecesEndAndPadding()
    {
        var tokenizer = SigLipTokenizer.Load(_folder.Path);

        var row = tokenizer.Tokenize("A photo of a CAT!");

        Assert.Equal(64, row.Length);
        Assert.Equal(TinySentencePiece.Pieces.Length, tokenizer.VocabularySize);
        Assert.Equal([3, 4, 5, 3, 6, 1], row[..6]);
        Assert.All(row[6..], id => Assert.Equal(1, id));
    }

    [Fact]
    public void Tokenize_PaddingZero_PadsWithZero()
    {
        var tokenizer = SigLipTokenizer.Load(_folder.File("spiece.model"), new() { Padding = TokenPadding.Zero, ContextLength = 4 });

        Assert.Equal([3, 6, 1, 0], tokenizer.Tokenize("a_cat"));
    }

    [Fact]
    public void Tokenize_TooLong_FollowsThePolicy()
    {
        var throwing = SigLipTokenizer.Load(_folder.Path, new() { ContextLength = 3 });
        var truncating = SigLipTokenizer.Load(_folder.Path, new() { ContextLength = 3, Overflow = TokenOverflow.Truncate });
        var windows = SigLipTokenizer.Load(_folder.Path, new() { ContextLength = 3, Overflow = TokenOverflow.Windows });

        Assert.Contains("5 tokens", Assert.Throws<ArgumentException>(() => throwing.Tokenize("a photo of cat")).Message, StringComparison.Ordinal);
        Assert.Equal([3, 4, 1], truncating.Tokenize("a photo of cat"));
        Assert.Equal([3, 4, 1, 5, 6, 1], windows.TokenizeWindows(["a photo of cat"]).Ids.ToArray());
        Assert.Equal("of cat", truncating.Fit("a photo of cat").Dropped.Trim());
    }

    [Fact]
    public void Load_UnknownChoices_ThrowArgumentException()
    {
        Assert.Throws<ArgumentException>(() => SigLipTokenizer.Load(_folder.Path, new() { Overflow = (TokenOverflow)99 }));
        Assert.Throws<ArgumentException>(() => SigLipTokenizer.Load(_folder.Path, new() { Padding = (TokenPadding)99 }));
    }

    [Fact]
    public void EncodeToIds_Caption_GivesPiecesAlone()
    {
        var tokenizer = SigLipTokenizer.Load(_folder.Path);

        Assert.Equal([3, 6, 7], tokenizer.EncodeToIds("A cats."));
        Assert.Equal(3, tokenizer.CountTokens("A cats."));
        Assert.Equal("a cats", tokenizer.Decode([3, 6, 7]).Trim());
    }

    [Fact]
    public void Load_NoModel_SaysWhichFileToPutWhere()
    {
        using var empty = new TemporaryFolder();

        var error = Assert.Throws<FileNotFoundException>(() => SigLipTokenizer.Load(empty.Path));

        Assert.Contains("spiece.model", error.Message, StringComparison.Ordinal);
        Assert.Contains(empty.Path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Load_DamagedModel_ThrowsVocabularyException(int kind)
    {
        var path = _folder.File("damaged.model");
        var model = File.ReadAllBytes(_folder.File("spiece.model"));
        File.WriteAllBytes(path, kind switch { 0 => "not a model"u8.ToArray(), 1 => model[..^7], _ => [.. model.Reverse()] });

        var error = Assert.Throws<VocabularyException>(() => SigLipTokenizer.Load(path));

        Assert.Equal(path, error.VocabularyPath);
    }
}
