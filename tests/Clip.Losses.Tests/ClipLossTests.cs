using Clip.Losses.Tests.Support;

namespace Clip.Losses.Tests;

public sealed class ClipLossTests
{
    public static TheoryData<string, ScalarType, bool, int?> RecordedCases { get; } = new(
        from settings in Recorded.Index("infonce")
        from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
        from normalize in (bool[])[true, false]
        from chunk in (int?[])[null, 3, 1000]
        select (settings.GetProperty("key").GetString()!, dtype, normalize, chunk));

    // openai/CLIP's forward on features of any length, and open_clip's ClipLoss on features of unit length.
    [Theory, MemberData(nameof(RecordedCases)), NoTensorLeaks]
    public void Call_RecordedEmbeddings_GivesRecordedValueAndGradients(string key, ScalarType dtype, bool normalize, int? chunk)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("infonce", key, dtype);
        var images = normalize ? recorded.Input("image") : recorded.InputOfDType("normalized.image");
        var texts = normalize ? recorded.Input("text") : recorded.InputOfDType("normalized.text");
        var logScale = recorded.Number(Recorded.Settings("infonce", key).GetProperty("logit_scale_log").GetDouble());
        using var loss = new ClipLoss(chunk, normalize);

        var value = loss.call(images, texts, logScale.exp());
        value.backward();

        var form = normalize ? "raw" : "normalized";
        recorded.RequireClose($"{form}.loss", value);
        recorded.RequireClose($"{form}.grad_image", images.grad);
        recorded.RequireClose($"{form}.grad_text", texts.grad);
        recorded.RequireClose($"{form}.grad_logit_scale", logScale.grad);
    }

    [Theory]
    [InlineData(ScalarType.Float32, null)]
    [InlineData(ScalarType.Float32, 4)]
    [InlineData(ScalarType.Float64, null)]
    [InlineData(ScalarType.Float64, 4)]
    [NoTensorLeaks]
    public void Call_LogitBias_GivesRecordedValueAndGradients(ScalarType dtype, int? chunk)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("losses", "clip_bias", dtype);
        var settings = Recorded.Settings("losses", "clip_bias");
        var (images, texts) = (recorded.Input("image"), recorded.Input("text"));
        var logScale = recorded.Number(settings.GetProperty("log_scale").GetDouble());
        var bias = recorded.Number(settings.GetProperty("bias").GetDouble());
        using var loss = new ClipLoss(chunk, normalize: false);

        var value = loss.call(images, texts, logScale.exp(), bias);
        value.backward();

        recorded.RequireClose("loss", value);
        recorded.RequireClose("grad_image", images.grad);
        recorded.RequireClose("grad_text", texts.grad);
        recorded.RequireClose("grad_log_scale", logScale.grad);
        recorded.RequireClose("grad_bias", bias.grad);
    }

    // CoCa's contrastive part is CLIP's loss.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [NoTensorLeaks]
    public void Call_RecordedCoCaEmbeddings_GivesItsContrastivePart(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("losses", "coca", dtype);
        var (images, texts) = (recorded.Input("image"), recorded.Input("text"));
        var logScale = recorded.Number(Recorded.Settings("losses", "coca").GetProperty("log_scale").GetDouble());
        using var loss = new ClipLoss(chunkSize: 3, normalize: false);

        var value = loss.call(images, texts, logScale.exp());
        value.backward();

        recorded.RequireClose("clip_loss", value);
        recorded.RequireClose("grad_image", images.grad);
        recorded.RequireClose("grad_text", texts.grad);
        recorded.RequireClose("grad_log_scale", logScale.grad);
    }

    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(130, 24, 64)]
    [InlineData(257, 33, 100)]
    [NoTensorLeaks]
    public void Call_InChunks_EqualsPlain(long count, long size, int chunk)
    {
        using var scope = NewDisposeScope();
        var plain = Gradients.Of(new ClipLoss(), count, size);
        var chunked = Gradients.Of(new ClipLoss(chunk), count, size);
        Gradients.RequireEqual(plain, chunked, 1e-12);
    }

    [Fact, NoTensorLeaks]
    public void Call_ScaledDownstream_ScalesGradients()
    {
        using var scope = NewDisposeScope();
        var once = Gradients.Of(new ClipLoss(4), 9, 6);
        var thrice = Gradients.Of(new ClipLoss(4), 9, 6, factor: 3);
        Gradients.RequireEqual([once[0], .. once.Skip(1).Select(gradient => gradient * 3)], thrice, 1e-13);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    [NoTensorLeaks]
    public void Call_WithoutGradients_GivesTheSameValueAndNoGraph(int? chunk)
    {
        using var scope = NewDisposeScope();
        var expected = Gradients.Of(new ClipLoss(), 9, 6)[0];
        var (images, texts, scale, _) = Gradients.Inputs(9, 6);
        using var loss = new ClipLoss(chunk);

        using var noGradients = no_grad();
        var value = loss.call(images, texts, scale);

        Assert.False(value.requires_grad);
        TensorAssert.Close(expected, value, 1e-14);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    [NoTensorLeaks]
    public void Call_HalfPrecisionEmbeddings_ComputesInFloat32(int? chunk)
    {
        using var scope = NewDisposeScope();
        manual_seed(3).Dispose();
        var images = randn(5, 8).to(ScalarType.BFloat16).requires_grad_(true);
        var texts = randn(5, 8).to(ScalarType.BFloat16);
        using var loss = new ClipLoss(chunk);

        var value = loss.call(images, texts, tensor(10f));
        value.backward();

        Assert.Equal(ScalarType.Float32, value.dtype);
        Assert.Equal(ScalarType.BFloat16, images.grad!.dtype);
        TensorAssert.Close(loss.call(images.to(ScalarType.Float64), texts.to(ScalarType.Float64), tensor(10.0)), value, 2e-6);
    }

    [Fact, NoTensorLeaks]
    public void Call_OneFrozenSide_GivesNoGradientToIt()
    {
        using var scope = NewDisposeScope();
        var (images, texts, scale, _) = Gradients.Inputs(6, 4);
        using var loss = new ClipLoss(chunkSize: 2);

        loss.call(images.detach(), texts, scale).backward();

        Assert.Null(images.grad);
        Assert.NotNull(texts.grad);
    }

    [Fact, NoTensorLeaks]
    public void Call_WrongArguments_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        using var loss = new ClipLoss();
        var (images, scale) = (randn(4, 8), tensor(10f));

        var shapes = Assert.Throws<ArgumentException>(() => loss.call(images, randn(5, 8), scale));
        Assert.Contains("[4, 8] and [5, 8]", shapes.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => loss.call(images, images, randn(2)));
        Assert.Throws<ArgumentException>(() => loss.call(images.to(ScalarType.Int64), images.to(ScalarType.Int64), scale));
        Assert.Throws<ArgumentException>(() => loss.call(empty(0, 8), empty(0, 8), scale));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClipLoss(chunkSize: 0));
    }
}
