namespace Clip.Models.Tests.Text;

public sealed class TextTowerTests
{
    [Fact]
    public void Call_ShorterThanTheContext_EqualsPadded()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        var shorter = tensor(new long[] { 48, 3, 7, 49 }, 1, 4);
        var padded = cat([shorter, zeros(1, 8, dtype: ScalarType.Int64)], dim: 1);

        TensorAssert.Close(network.EncodeTexts(padded), network.EncodeTexts(shorter), 1e-6);
    }

    [Fact]
    public void Call_Int32_EqualsInt64()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        var tokens = TinyConfig.Tokens(network.Config, count: 3);

        TensorAssert.BitEqual(network.EncodeTexts(tokens), network.EncodeTexts(tokens.to(ScalarType.Int32)));
    }

    [Fact]
    public void GetTokens_Causal_IgnoresWhatComesLater()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        var tokens = TinyConfig.Tokens(network.Config, count: 1);
        var changed = tokens.clone();
        changed[0, 6] = (changed[0, 6] + 1).remainder(50);

        var (before, after) = (network.Text.GetTokens(tokens), network.Text.GetTokens(changed));

        TensorAssert.Close(before.narrow(1, 0, 6), after.narrow(1, 0, 6), 1e-6);
        Assert.True((before - after).abs().select(1, 8).max().item<float>() > 1e-4);
    }

    [Fact]
    public void Pooling_FirstEndToken_TakesTheFirstOfSeveral()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyConfig.VisionTransformer with
        {
            Text = TinyConfig.VisionTransformer.ClipText() with { Pooling = TextPooling.FirstEndToken, EndTokenId = 9 },
        };
        using var network = TinyConfig.Create(config);
        var tokens = tensor(new long[] { 48, 9, 7, 9, 49, 0, 0, 0, 0, 0, 0, 0 }, 1, 12);

        TensorAssert.Close(network.Text.GetTokens(tokens).select(1, 1), network.Text.GetFeatures(tokens), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    public void EncodeTexts_WrongLength_ThrowsArgumentException(int length)
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var tokens = zeros(1, length, dtype: ScalarType.Int64);

        var exception = Assert.Throws<ArgumentException>(() => network.EncodeTexts(tokens));

        Assert.Contains($"with L from 1 to 12 but were [1, {length}]", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(50)]
    public void EncodeTexts_IdBeyondTheVocabulary_ThrowsArgumentException(long id)
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var tokens = tensor(new[] { 0, id, 1 }, 1, 3);

        var exception = Assert.Throws<ArgumentException>(() => network.EncodeTexts(tokens));

        Assert.Contains("from 0 to 49", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeTexts_Floats_ThrowsArgumentException()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var tokens = zeros(1, 12);

        Assert.Throws<ArgumentException>(() => network.EncodeTexts(tokens));
    }

    [Fact]
    public void EncodeTexts_BidirectionalAndShort_ThrowsArgumentException()
    {
        using var network = TinyConfig.Create(TinyConfig.SigLip);
        using var tokens = zeros(1, 4, dtype: ScalarType.Int64);

        var exception = Assert.Throws<ArgumentException>(() => network.EncodeTexts(tokens));

        Assert.Contains("padded to [N, 12]", exception.Message, StringComparison.Ordinal);
    }
}
