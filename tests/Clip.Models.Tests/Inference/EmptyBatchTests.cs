using Clip.Kernels;

namespace Clip.Models.Tests.Inference;

/// <summary>Batches without an image or a text, through plain modules and the kernels of every dtype.</summary>
public sealed class EmptyBatchTests
{
    public static TheoryData<string, ScalarType> Models { get; } = new(
        from name in TinyConfig.All.Keys
        from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64]
        select (name, dtype));

    [Theory, MemberData(nameof(Models))]
    public void Encode_Plain_KeepsTheOtherSizes(string name, ScalarType dtype)
    {
        using var model = Create(name, dtype);

        RequireEmptyResults(model);
    }

    [Theory, MemberData(nameof(Models))]
    public void Encode_Packed_KeepsTheOtherSizes(string name, ScalarType dtype)
    {
        Assert.SkipUnless(KernelBackend.Find(dtype) is not null, $"There are no kernels in {dtype} for this CPU.");
        using var model = Create(name, dtype);

        using var packed = model.PackForInference();

        Assert.True(packed.UsesKernels);
        RequireEmptyResults(packed);
    }

    private static DualEncoder Create(string name, ScalarType dtype)
    {
        using var precise = TinyConfig.Create(TinyConfig.All[name]);
        return precise.Copy(dtype);
    }

    private static void RequireEmptyResults(IDualEncoder model)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (onePixels, oneTokens) = (TinyConfig.Pixels(model.Config, 1), TinyConfig.Tokens(model.Config, 1));
        var (pixels, tokens) = (onePixels.narrow(0, 0, 0), oneTokens.narrow(0, 0, 0));

        RequireEmpty(x => model.EncodeImages(x), onePixels);
        RequireEmpty(x => model.EncodeImages(x, normalize: true), onePixels);
        RequireEmpty(model.Image.GetFeatures, onePixels);
        RequireEmpty(model.Image.GetTokens, onePixels);
        RequireEmpty(x => model.EncodeTexts(x), oneTokens);
        RequireEmpty(x => model.EncodeTexts(x, normalize: true), oneTokens);
        RequireEmpty(model.Text.GetFeatures, oneTokens);
        RequireEmpty(model.Text.GetTokens, oneTokens);
        Assert.Equal([0, 1], model.GetLogits(model.EncodeImages(pixels), model.EncodeTexts(oneTokens)).shape);
        Assert.Equal([1, 0], model.GetLogits(model.EncodeImages(onePixels), model.EncodeTexts(tokens)).shape);
    }

    private static void RequireEmpty(Func<Tensor, Tensor> encode, Tensor one)
    {
        var (expected, actual) = (encode(one), encode(one.narrow(0, 0, 0)));

        Assert.Equal([0, .. expected.shape[1..]], actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
    }
}
