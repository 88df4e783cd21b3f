using Clip.Models.Tests.Towers.FastVit;
using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Image;

public sealed class ImageTowerTests
{
    public static TheoryData<string> Kinds => new(TinyConfig.All.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GetFeatures_AnyKind_HasFeatureSizeChannels(string kind)
    {
        var config = TinyConfig.All[kind];
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(config, count: 2);

        // CoCa's pooler already answers in the embeddings' channels.
        var channels = config.Image is VisionTransformerConfig { AttentionalPooler: not null } ? config.EmbeddingSize : config.Image.FeatureSize;
        Assert.Equal([2, channels], network.Image.GetFeatures(pixels).shape);
        Assert.Equal([2, config.EmbeddingSize], network.EncodeImages(pixels).shape);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void StageOf_AllParameters_CoverAllStagesFromTheInput(string kind)
    {
        using var network = TinyConfig.Create(TinyConfig.All[kind]);
        var tower = network.Image;

        var stages = tower.named_parameters().Select(entry => tower.StageOf(entry.name)).ToArray();

        // SigLIP's tower without a projection has its pooling last, others their projection; a stage may have nothing where a tower ends before it.
        Assert.Equal(Enumerable.Range(0, stages.Max() + 1), stages.Distinct().Order());
        Assert.InRange(stages.Max(), tower.StageCount - 2, tower.StageCount - 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GetAdaptableMatrices_AnyKind_AreMatricesOfTheTower(string kind)
    {
        using var network = TinyConfig.Create(TinyConfig.All[kind]);
        var parameters = network.Image.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);

        Assert.All(network.Image.GetAdaptableMatrices(), matrix =>
        {
            Assert.Equal(2, matrix.Weight.dim());
            Assert.Equal(parameters[matrix.Name].Handle, matrix.Weight.Handle);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Train_FewSteps_ChangeEveryParameter(string kind) =>
        TrainingStep.RequireChangesEveryParameter(TinyConfig.All[kind], TinyConfig.All[kind].Image is FastVitConfig ? config => LivelyWeights.Create(config) : null);

    [Theory]
    [InlineData(nameof(TinyConfig.VisionTransformer), 17, 32)]
    [InlineData(nameof(TinyConfig.ResNet), 1, 256)]
    [InlineData(nameof(TinyConfig.SigLip), 16, 32)]
    [InlineData(nameof(TinyConfig.Unusual), 5, 24)]
    [InlineData(nameof(TinyConfig.ConvNext), 1, 20)]
    [InlineData(nameof(TinyConfig.ViTamin), 4, 32)]
    [InlineData(nameof(TinyConfig.NaFlexAverage), 36, 32)]
    [InlineData(nameof(TinyConfig.Swin), 8, 32)]
    [InlineData(nameof(TinyConfig.RelativeVit), 13, 32)]
    public void GetTokens_AnyKind_HasOnePerPlace(string kind, long tokens, long channels)
    {
        var config = TinyConfig.All[kind];
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();

        Assert.Equal([2, tokens, channels], network.Image.GetTokens(TinyConfig.Pixels(config, count: 2)).shape);
    }

    [Fact]
    public void GetTokens_VisionTransformer_FirstIsTheFeature()
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(network.Config, count: 2);

        TensorAssert.Close(network.Image.GetFeatures(pixels), network.Image.GetTokens(pixels).select(1, 0), 1e-6);
    }

    [Fact]
    public void Call_TowersAlone_Embed()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var transformer = new VisionTransformerTower((VisionTransformerConfig)TinyConfig.VisionTransformer.Image, embeddingSize: 24);
        using var resNet = new ResNetTower((ModifiedResNetConfig)TinyConfig.ResNet.Image, embeddingSize: 24);
        using var sigLip = new SigLipImageTower((SigLipVisionConfig)TinyConfig.SigLip.Image);
        var pixels = TinyConfig.Pixels(TinyConfig.VisionTransformer, count: 2);

        Assert.Equal([2, 24], transformer.call(pixels).shape);
        Assert.Equal([2, 24], resNet.call(pixels).shape);
        Assert.Equal([2, 32], sigLip.call(pixels).shape);
    }

    [Fact]
    public void EncodeImages_ChannelsLast_ThrowsArgumentException()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var pixels = zeros(8, 32, 32, 3);

        var exception = Assert.Throws<ArgumentException>(() => network.EncodeImages(pixels));

        Assert.Contains("Images must be [N, 3, 32, 32] but were [8, 32, 32, 3]; channels come first.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 32, 32)]
    [InlineData(1, 3, 32)]
    [InlineData(1, 3, 16, 32)]
    [InlineData(1, 1, 32, 32)]
    public void EncodeImages_OtherShape_ThrowsArgumentException(params int[] shape)
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var pixels = zeros(shape.Select(size => (long)size).ToArray());

        Assert.Throws<ArgumentException>(() => network.EncodeImages(pixels));
    }

    [Fact]
    public void EncodeImages_Bytes_ThrowsArgumentException()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var pixels = zeros(1, 3, 32, 32, dtype: ScalarType.Byte);

        Assert.Throws<ArgumentException>(() => network.EncodeImages(pixels));
    }

    [Fact]
    public void PatchDropout_InTraining_LeavesOutPatchesAndInEvaluationNone()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var dropout = new PatchDropout(0.5);
        var tokens = arange(11, dtype: ScalarType.Float32).view(1, 11, 1).expand(4, 11, 2);

        dropout.train();
        var kept = dropout.call(tokens);
        dropout.eval();

        Assert.Equal([4, 6, 2], kept.shape);
        TensorAssert.BitEqual(zeros(4), kept.select(2, 0).select(1, 0));
        Assert.All(kept.select(2, 0).unbind(), row => Assert.Equal(6, row.data<float>().Distinct().Count()));
        TensorAssert.BitEqual(tokens.contiguous(), dropout.call(tokens).contiguous());
    }
}
