namespace Clip.Models.Tests.Image;

/// <summary>What holds for every transformer of timm.</summary>
public sealed class TimmTransformerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => new(TinyTransformers.All.Keys);

    [Theory, MemberData(nameof(Kinds))]
    public void Export_HuggingFace_IsRefused(string kind)
    {
        using var network = TinyConfig.Create(TinyTransformers.All[kind]);

        Assert.Throws<ArgumentException>(() => network.Export(_folder.Path, WeightLayout.HuggingFace));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void StageOf_AllParameters_CoverAllStagesInOrder(string kind)
    {
        using var network = TinyConfig.Create(TinyTransformers.All[kind]);
        var tower = network.Image;

        var stages = tower.named_parameters().ToDictionary(entry => entry.name, entry => tower.StageOf(entry.name));

        Assert.Equal(Enumerable.Range(0, tower.StageCount), stages.Values.Distinct().Order());
        Assert.All(stages, entry => Assert.Equal(entry.Key.Contains("embed.", StringComparison.Ordinal), entry.Value == 0));
        Assert.All(stages, entry => Assert.True(!entry.Key.Contains("blocks.1.", StringComparison.Ordinal) || entry.Value == 2, entry.Key));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void GetAdaptableMatrices_AllBlocks_HaveAttentionAndMlp(string kind)
    {
        using var network = TinyConfig.Create(TinyTransformers.All[kind]);

        var matrices = network.Image.GetAdaptableMatrices();

        var blockMatrices = network.Image.named_parameters().Where(entry => entry.name.Contains("blocks.", StringComparison.Ordinal) && entry.parameter.dim() == 2);
        Assert.Equal(blockMatrices.Select(entry => entry.name), matrices.Select(matrix => matrix.Name));
        Assert.Contains(matrices, matrix => matrix.Role == MatrixRole.Attention);
        Assert.Contains(matrices, matrix => matrix.Role == MatrixRole.Mlp);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void RecomputeActivations_Transformers_GiveTheSameGradients(string kind)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyTransformers.All[kind]);

        var expected = Gradients();
        network.RecomputeActivations = true;

        Assert.All(Gradients(), entry => TensorAssert.Close(expected[entry.Key], entry.Value, 1e-6));

        Dictionary<string, Tensor> Gradients()
        {
            network.zero_grad();
            network.Image.call(TinyConfig.Pixels(network.Config, count: 2)).square().mean().backward();
            return network.Image.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());
        }
    }

    // Resized there and back to the same grid, positions are as they were.
    [Theory, MemberData(nameof(Kinds))]
    public void Load_AnotherResolution_ResizesPositionsOfPatchesAlone(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyTransformers.All[kind]);
        const string Positions = "trunk.embed.positional_embedding";
        var original = network.Image.state_dict()[Positions];
        original.narrow(0, original.shape[0] - 1, 1).fill_(1);
        network.Export(_folder.Path, WeightLayout.Native);
        var (height, width) = network.Config.Image.Resolution;

        using var larger = DualEncoder.Load(_folder.Path, new LoadOptions { Resolution = new ImageSize(2 * height, 2 * width) });

        var resized = larger.Image.state_dict()[Positions];
        var patches = TinyTransformers.Patches(network.Config.Image);
        var prefix = original.shape[0] - patches;
        Assert.Equal([prefix + (4 * patches), original.shape[1]], resized.shape);
        if (prefix > 0)
            TensorAssert.BitEqual(original.narrow(0, 0, prefix), resized.narrow(0, 0, prefix));
        Assert.Equal([2, network.Config.EmbeddingSize], larger.EncodeImages(TinyConfig.Pixels(larger.Config, count: 2)).shape);
        Assert.True(larger.EncodeImages(TinyConfig.Pixels(larger.Config, count: 2)).isfinite().all().item<bool>());
    }
}
