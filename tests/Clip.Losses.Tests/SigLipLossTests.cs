using Clip.Losses.Tests.Support;

namespace Clip.Losses.Tests;

public sealed class SigLipLossTests
{
    public static TheoryData<string, ScalarType, int?> RecordedCases { get; } = new(
        from key in (string[])["siglip_b1", "siglip_b6", "siglip_b32"]
        from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
        from chunk in (int?[])[null, 4, 1000]
        select (key, dtype, chunk));

    [Theory, MemberData(nameof(RecordedCases)), NoTensorLeaks]
    public void Call_RecordedEmbeddings_GivesRecordedValueAndGradients(string key, ScalarType dtype, int? chunk)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("losses", key, dtype);
        var settings = Recorded.Settings("losses", key);
        var (images, texts) = (recorded.Input("image"), recorded.Input("text"));
        var logScale = recorded.Number(settings.GetProperty("log_scale").GetDouble());
        var bias = recorded.Number(settings.GetProperty("bias").GetDouble());
        using var loss = new SigLipLoss(chunk, normalize: false);

        var value = loss.call(images, texts, logScale.exp(), bias);
        value.backward();

        foreach (var form in chunk == 4 ? (string[])["", "chunk4."] : [""])
        {
            recorded.RequireClose($"{form}loss", value);
            recorded.RequireClose($"{form}grad_image", images.grad);
            recorded.RequireClose($"{form}grad_text", texts.grad);
            recorded.RequireClose($"{form}grad_log_scale", logScale.grad);
            recorded.RequireClose($"{form}grad_bias", bias.grad);
        }
    }

    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(130, 24, 64)]
    [InlineData(257, 33, 100)]
    [NoTensorLeaks]
    public void Call_InChunks_EqualsPlain(long count, long size, int chunk)
    {
        using var scope = NewDisposeScope();
        var plain = Gradients.Of(new SigLipLoss(), count, size);
        var chunked = Gradients.Of(new SigLipLoss(chunk), count, size);
        Gradients.RequireEqual(plain, chunked, 1e-11);
    }

    [Fact, NoTensorLeaks]
    public void Call_ExtremeLogits_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var (images, texts, _, _) = Gradients.Inputs(6, 4);
        using var loss = new SigLipLoss(chunkSize: 2);

        var value = loss.call(images, texts, tensor(1e4, ScalarType.Float64));
        value.backward();

        Assert.True(double.IsFinite(value.item<double>()));
        Assert.True(images.grad!.isfinite().all().item<bool>());
    }
}
