using Clip.Checkpoints;

namespace Clip.Models.Tests.Export;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, WeightLayout> Exportable => new()
    {
        { nameof(TinyConfig.VisionTransformer), WeightLayout.Native },
        { nameof(TinyConfig.VisionTransformer), WeightLayout.HuggingFace },
        { nameof(TinyConfig.ResNet), WeightLayout.Native },
        { nameof(TinyConfig.SigLip), WeightLayout.HuggingFace },
        { nameof(TinyConfig.Unusual), WeightLayout.Native },
        { nameof(TinyConfig.ConvNext), WeightLayout.Native },
        { nameof(TinyConfig.ViTamin), WeightLayout.Native },
        { nameof(TinyConfig.FastVit), WeightLayout.Native },
        { nameof(TinyConfig.MobileClip), WeightLayout.Native },
        { nameof(TinyConfig.FoldedMobileClip), WeightLayout.Native },
    };

    [Theory]
    [MemberData(nameof(Exportable))]
    public void Export_ThenLoad_IsBitEqual(string kind, WeightLayout layout)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.All[kind]);

        network.Export(_folder.Path, layout);
        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.Equal(network.Config.Image, loaded.Config.Image);
        Assert.Equal(network.Config.Text, loaded.Config.Text);
        Assert.Equal(network.Config.EmbeddingSize, loaded.Config.EmbeddingSize);
        RequireBitEqual(network, loaded);
    }

    [Theory]
    [InlineData(WeightLayout.Native)]
    [InlineData(WeightLayout.HuggingFace)]
    public void ExportWeights_SigLip_LoadsWithItsConfig(WeightLayout layout)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.SigLip);

        network.ExportWeights(_folder.File("weights.safetensors"), layout);
        using var loaded = DualEncoder.Load(_folder.File("weights.safetensors"), new LoadOptions { Config = TinyConfig.SigLip });

        RequireBitEqual(network, loaded);
    }

    [Fact]
    public void Export_Shards_LoadsTheSame()
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);

        network.Export(_folder.Path, WeightLayout.HuggingFace, maxShardBytes: 50_000);
        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.True(Directory.GetFiles(_folder.Path, "*.safetensors").Length > 1);
        RequireBitEqual(network, loaded);
    }

    [Fact]
    public void Export_Half_StoresHalf()
    {
        using var network = TinyConfig.Create(TinyConfig.ResNet);

        network.Export(_folder.Path, WeightLayout.Native, ScalarType.Float16);

        using var checkpoint = Checkpoint.Open(_folder.File("open_clip_model.safetensors"));
        Assert.All(checkpoint.Tensors.Values, info => Assert.Equal(
            info.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ScalarType.Int64 : ScalarType.Float16, info.DType));
    }

    [Theory]
    [InlineData(nameof(TinyConfig.ResNet), "Image")]
    [InlineData(nameof(TinyConfig.Unusual), "Image")]
    public void Export_HuggingFaceCannotExpress_ThrowsAndWritesNothing(string kind, string path)
    {
        using var network = TinyConfig.Create(TinyConfig.All[kind]);

        var exception = Assert.Throws<ArgumentException>(() => network.Export(_folder.Path, WeightLayout.HuggingFace));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Equal(exception.Message, network.FindExportProblem(WeightLayout.HuggingFace));
        Assert.Null(network.FindExportProblem(WeightLayout.Native));
    }

    [Fact]
    public void Export_UnknownLayout_ThrowsAndWritesNothing()
    {
        using var network = TinyConfig.Create(TinyConfig.VisionTransformer);
        var folder = _folder.File("none");

        Assert.Throws<ArgumentOutOfRangeException>(() => network.Export(folder, (WeightLayout)99));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.FindExportProblem((WeightLayout)99));

        Assert.False(Directory.Exists(folder));
    }

    private static void RequireBitEqual(DualEncoder expected, DualEncoder actual)
    {
        var loaded = actual.state_dict();
        foreach (var (name, tensor) in expected.state_dict())
            TensorAssert.BitEqual(tensor, loaded[name]);
    }
}
