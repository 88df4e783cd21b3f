namespace Clip.Models.Tests.Image;

public sealed class DenseEmbeddingsTests
{
    public static TheoryData<string> Kinds => new([.. TinyConfig.All.Keys, nameof(TinyConfig.CoCa)]);

    // Transformers over square patches of which the image holds whole ones.
    public static TheoryData<string> Transformers => new(
        nameof(TinyConfig.VisionTransformer), nameof(TinyConfig.SigLip), nameof(TinyConfig.CoCa), "timm's ViT", "Perception Encoder", "EVA-02", nameof(TinyConfig.RelativeVit));

    [Theory, MemberData(nameof(Kinds))]
    public void GetDenseEmbeddings_AnyKind_IsAGridOfTheImagesShape(string kind)
    {
        var config = Find(kind);
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(config, count: 2);

        var shape = network.Image.GetDenseEmbeddings(pixels).shape;

        Assert.Equal((4, 2, config.EmbeddingSize), (shape.Length, shape[0], shape[3]));
        // A cell of the grid is square, but for one at the end that the image does not fill.
        Assert.InRange(Math.Abs((shape[1] * pixels.shape[3]) - (shape[2] * pixels.shape[2])), 0, Math.Max(pixels.shape[2], pixels.shape[3]) - 1);
    }

    [Theory, MemberData(nameof(Transformers))]
    public void GetDenseEmbeddings_AllBlocksLocal_APlaceDependsOnItsOwnPixelsAlone(string kind)
    {
        var config = Find(kind);
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(config, count: 1);
        var before = network.Image.GetDenseEmbeddings(pixels, localBlocks: 100);
        var (rows, columns) = (before.shape[1], before.shape[2]);
        var (height, width) = (pixels.shape[2] / rows, pixels.shape[3] / columns);

        var changed = pixels.clone();
        changed.narrow(2, (rows - 1) * height, height).narrow(3, 0, width).neg_();
        var distance = (network.Image.GetDenseEmbeddings(changed, localBlocks: 100) - before).abs().amax([0, 3]);

        Assert.NotEqual(0, distance[rows - 1, 0].item<float>());
        distance[rows - 1, 0] = 0;
        Assert.Equal(0, distance.max().item<float>());
    }

    [Theory, MemberData(nameof(Transformers))]
    public void GetDenseEmbeddings_LastBlockLocal_DiffersFromItsAttention(string kind)
    {
        var config = Find(kind);
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(config, count: 1);

        Assert.NotEqual(0, (network.Image.GetDenseEmbeddings(pixels) - network.Image.GetDenseEmbeddings(pixels, localBlocks: 0)).abs().max().item<float>());
    }

    [Fact]
    public void GetDenseEmbeddings_AverageOfNormedPatches_MeanIsTheEmbedding()
    {
        var config = TinyConfig.VisionTransformer;
        config = config with { Image = (VisionTransformerConfig)config.Image with { Pooling = ImagePooling.Average } };
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var pixels = TinyConfig.Pixels(config, count: 2);

        TensorAssert.Close(network.EncodeImages(pixels), network.Image.GetDenseEmbeddings(pixels, localBlocks: 0).mean([1, 2]), 1e-6);
    }

    [Fact]
    public void GetDenseEmbeddings_OnePlace_IsTheResNetsEmbeddingOfThat()
    {
        // The mean over one place is that place, but has a position of its own: with equal positions both are the same.
        var config = TinyConfig.ResNet;
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(config);
        using var noGradients = no_grad();
        var positions = network.Image.get_parameter("attnpool.positional_embedding")!;
        Assert.Equal(2, positions.shape[0]);
        positions[1] = positions[0];
        var pixels = TinyConfig.Pixels(config, count: 3);

        TensorAssert.Close(network.EncodeImages(pixels), network.Image.GetDenseEmbeddings(pixels)[.., 0, 0], 1e-6);
    }

    [Fact]
    public void GetDenseEmbeddings_NegativeBlocks_Throws()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        using var pixels = TinyConfig.Pixels(TinyConfig.VisionTransformer, count: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => network.Image.GetDenseEmbeddings(pixels, localBlocks: -1));
    }

    private static DualEncoderConfig Find(string kind) => kind == nameof(TinyConfig.CoCa) ? TinyConfig.CoCa : TinyConfig.All[kind];
}
