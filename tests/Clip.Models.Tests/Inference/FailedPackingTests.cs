using Clip.Kernels;
using Clip.Kernels.Float32.Memory;

namespace Clip.Models.Tests.Inference;

/// <summary>A model whose packing stops in the middle: a weight that cannot be read stands for memory that is not there.</summary>
public sealed class FailedPackingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(TinyConfig.VisionTransformer), "visual.transformer.resblocks.0.mlp.c_fc.weight")]
    [InlineData(nameof(TinyConfig.VisionTransformer), "visual.transformer.resblocks.1.mlp.c_proj.bias")]
    [InlineData(nameof(TinyConfig.VisionTransformer), "text.transformer.resblocks.1.ln_1.weight")]
    [InlineData(nameof(TinyConfig.VisionTransformer), "text.text_projection")]
    [InlineData(nameof(TinyConfig.ResNet), "visual.layer4.0.conv3.weight")]
    [InlineData(nameof(TinyConfig.ResNet), "visual.attnpool.v_proj.weight")]
    [InlineData(nameof(TinyConfig.SigLip), "visual.transformer.resblocks.1.attn.in_proj_weight")]
    public void PackForInference_FailsHalfWay_TheModelRefusesAllFurtherUse(string name, string unreadable)
    {
        Assert.SkipUnless(KernelBackend.Find(ScalarType.Float32) is not null, "There are no kernels for this CPU.");
        Assert.SkipUnless(KernelBackend.Find(ScalarType.Float32) is not OneDnnBackend || !unreadable.Contains("attnpool", StringComparison.Ordinal), "The pooling has no kernel for this CPU.");
        var config = TinyConfig.All[name];
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(config);
        var (pixels, tokens) = (TinyConfig.Pixels(config, 2), TinyConfig.Tokens(config, 2));
        var parameter = model.named_parameters().Single(entry => entry.name == unreadable).parameter;
        parameter.Dispose();

        var failure = Assert.ThrowsAny<Exception>(() => model.PackForInference());

        RequireRefused(() => model.EncodeImages(pixels));
        RequireRefused(() => model.EncodeTexts(tokens));
        RequireRefused(() => model.call(pixels, tokens));
        RequireRefused(() => model.Image.call(pixels));
        RequireRefused(() => model.Image.GetFeatures(pixels));
        RequireRefused(() => model.Image.GetTokens(pixels));
        RequireRefused(() => model.Text.call(tokens));
        RequireRefused(() => model.Text.GetFeatures(tokens));
        RequireRefused(() => model.Text.GetTokens(tokens));
        RequireRefused(() => model.Export(_folder.Path, WeightLayout.Native));
        RequireRefused(() => model.ExportWeights(_folder.File("weights.safetensors"), WeightLayout.Native));
        RequireRefused(() => model.Copy());
        RequireRefused(() => model.PackForInference());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        void RequireRefused(Action use)
        {
            var error = Assert.Throws<InvalidOperationException>(use);
            Assert.Contains(failure.Message, error.Message, StringComparison.Ordinal);
            Assert.Contains("load the model again", error.Message, StringComparison.Ordinal);
            Assert.Same(failure, error.InnerException);
        }
    }

    [Fact]
    public void Dispose_AfterAFailedPacking_GivesNativeMemoryBack()
    {
        Assert.SkipUnless(KernelBackend.Find(ScalarType.Float32) is not null, "There are no kernels for this CPU.");
        LiveTensors.Count();
        var before = NativeFloats.LiveBytes;
        using (var model = TinyConfig.Create(TinyConfig.VisionTransformer))
        {
            model.named_parameters().Single(entry => entry.name == "text.text_projection").parameter.Dispose();
            Assert.ThrowsAny<Exception>(() => model.PackForInference());
        }

        // Of a weight that was being copied, the garbage collector gives back the memory.
        LiveTensors.Count();
        Assert.Equal(before, NativeFloats.LiveBytes);
    }
}
