namespace Clip.Models.Tests;

public sealed class DualEncoderCopyTests
{
    public static TheoryData<string> Configs { get; } = new(TinyConfig.All.Keys);

    [Theory, MemberData(nameof(Configs))]
    public void Copy_Float32_HasTheSameBitsAndSettings(string name)
    {
        using var model = TinyConfig.Create(TinyConfig.All[name]);
        model.Image.parameters().First().requires_grad = false;
        model.RecomputeActivations = true;

        using var copy = model.Copy();

        var weights = copy.state_dict();
        foreach (var (key, value) in model.state_dict())
            TensorAssert.BitEqual(value.detach(), weights[key].detach());
        Assert.Equal(
            model.named_parameters().Select(entry => (entry.name, entry.parameter.requires_grad)),
            copy.named_parameters().Select(entry => (entry.name, entry.parameter.requires_grad)));
        Assert.True(copy.RecomputeActivations);
        Assert.False(copy.training);
        Assert.NotSame(model.state_dict()["logit_scale"], weights["logit_scale"]);
    }

    [Fact]
    public void Copy_BFloat16_RoundsMatricesAndKeepsTheRest()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        using var model = TinyConfig.Create(config);
        using var copy = model.Copy(ScalarType.BFloat16);

        var weights = copy.state_dict();
        Assert.Equal(ScalarType.BFloat16, weights["visual.proj"].dtype);
        Assert.Equal(ScalarType.Float32, weights["visual.ln_post.weight"].dtype);
        Assert.Equal(ScalarType.Float32, weights["logit_scale"].dtype);
        var (pixels, tokens) = (TinyConfig.Pixels(config, 2), TinyConfig.Tokens(config, 2));
        using var inference = inference_mode();
        Assert.InRange(nn.functional.cosine_similarity(model.EncodeImages(pixels), copy.EncodeImages(pixels).to(ScalarType.Float32), dim: 1).min().item<float>(), 0.999f, 1.001f);
        Assert.InRange(nn.functional.cosine_similarity(model.EncodeTexts(tokens), copy.EncodeTexts(tokens).to(ScalarType.Float32), dim: 1).min().item<float>(), 0.999f, 1.001f);
    }

    [Fact]
    public void Copy_Float64_ComputesInIt()
    {
        using var scope = NewDisposeScope();
        using var model = TinyConfig.Create(TinyConfig.ResNet);
        using var copy = model.Copy(ScalarType.Float64);
        using var inference = inference_mode();
        var pixels = TinyConfig.Pixels(TinyConfig.ResNet, 2);

        Assert.Equal(ScalarType.Float64, copy.EncodeImages(pixels).dtype);
        TensorAssert.Close(copy.EncodeImages(pixels), model.EncodeImages(pixels), 1e-4);
    }
}
