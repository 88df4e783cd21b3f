namespace Clip.Models.Tests.Configuration;

public sealed class ValidationTests
{
    private static readonly DualEncoderConfig Valid = TinyConfig.VisionTransformer;
    private static readonly VisionTransformerConfig Image = (VisionTransformerConfig)Valid.Image;

    public static TheoryData<string, DualEncoderConfig> Invalid => new()
    {
        { "EmbeddingSize", Valid with { EmbeddingSize = 0 } },
        { "InitialLogitScale", Valid with { InitialLogitScale = double.NaN } },
        { "Image", Valid with { Image = null! } },
        { "Image.PatchSize", Valid with { Image = Image with { PatchSize = 0 } } },
        { "Image.PatchSize", Valid with { Image = Image with { PatchSize = 7 } } },
        { "Image.Resolution.Height", Valid with { Image = Image with { Resolution = new ImageSize(0, 32) } } },
        { "Image.Resolution.Width", Valid with { Image = Image with { Resolution = new ImageSize(32, int.MaxValue) } } },
        { "Image.PatchDropout", Valid with { Image = Image with { PatchDropout = 1 } } },
        { "Image.Pooling", Valid with { Image = Image with { Pooling = (ImagePooling)9 } } },
        { "Image.PositionEmbedding", Valid with { Image = Image with { Resolution = new ImageSize(32, 16), PositionEmbedding = PositionEmbedding.SinCos2D } } },
        { "Image.AttentionalPooler.Heads", Valid with { Image = Image with { AttentionalPooler = new() { Heads = 7 } } } },
        { "Image.Transformer.Width", Valid with { Image = Image with { Transformer = Image.Transformer with { Width = 1 << 30 } } } },
        { "Image.Transformer.Layers", Valid with { Image = Image with { Transformer = Image.Transformer with { Layers = -1 } } } },
        { "Image.Transformer.Heads", Valid with { Image = Image with { Transformer = Image.Transformer with { Heads = 3 } } } },
        { "Image.Transformer.Activation", Valid with { Image = Image with { Transformer = Image.Transformer with { Activation = (Activation)7 } } } },
        { "Image.Transformer.NormEpsilon", Valid with { Image = Image with { Transformer = Image.Transformer with { NormEpsilon = 0 } } } },
        { "Image.Blocks", Valid with { Image = (ModifiedResNetConfig)TinyConfig.ResNet.Image with { Blocks = [1, 1, 1] } } },
        { "Image.Blocks[1]", Valid with { Image = (ModifiedResNetConfig)TinyConfig.ResNet.Image with { Blocks = [1, 0, 1, 1] } } },
        { "Image.Resolution", Valid with { Image = TinyConfig.ResNet.Image with { Resolution = 40 } } },
        { "Text.ContextLength", Valid with { Text = Valid.Text with { ContextLength = 0 } } },
        { "Text.VocabularySize", Valid with { Text = Valid.ClipText() with { VocabularySize = int.MaxValue } } },
        { "Text.EndTokenId", Valid with { Text = Valid.ClipText() with { Pooling = TextPooling.FirstEndToken } } },
        { "Text.EndTokenId", Valid with { Text = Valid.ClipText() with { EndTokenId = 50 } } },
        { "EmbeddingSize", Valid with { Text = Valid.ClipText() with { Projection = TextProjection.None } } },
        { "EmbeddingSize", TinyConfig.SigLip with { EmbeddingSize = 31 } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Validate_OneValueWrong_NamesItsPath(string path, DualEncoderConfig config)
    {
        var exception = Assert.Throws<ArgumentException>(config.Validate);

        Assert.Equal(path, exception.ParamName);
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DualEncoder(config));
    }

    [Fact]
    public void Validate_TinyConfigsAndPresets_Pass()
    {
        foreach (var config in TinyConfig.All.Values.Concat(DualEncoderConfig.Presets.Values))
            config.Validate();
    }

    [Fact]
    public void Equals_SameValues_AreEqual()
    {
        var copy = TinyConfig.ResNet with { Image = (ModifiedResNetConfig)TinyConfig.ResNet.Image with { Blocks = [2, 1, 1, 1] } };

        Assert.Equal(TinyConfig.ResNet, copy);
        Assert.Equal(TinyConfig.ResNet.GetHashCode(), copy.GetHashCode());
        Assert.NotEqual(copy, TinyConfig.ResNet with { Image = (ModifiedResNetConfig)copy.Image with { Blocks = [1, 1, 1, 2] } });
    }
}
