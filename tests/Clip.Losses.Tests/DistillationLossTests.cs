using Clip.Losses.Tests.Support;

namespace Clip.Losses.Tests;

public sealed class DistillationLossTests
{
    [Theory]
    [InlineData(ScalarType.Float32, null)]
    [InlineData(ScalarType.Float32, 4)]
    [InlineData(ScalarType.Float64, null)]
    [InlineData(ScalarType.Float64, 1)]
    [InlineData(ScalarType.Float64, 4)]
    [InlineData(ScalarType.Float64, 100)]
    [NoTensorLeaks]
    public void Forward_RecordedEmbeddings_GivesRecordedValueAndGradients(ScalarType dtype, int? chunk)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("losses", "distill", dtype);
        var settings = Recorded.Settings("losses", "distill");
        var (images, texts) = (recorded.Input("image"), recorded.Input("text"));
        var (teacherImages, teacherTexts) = (recorded.Input("teacher_image"), recorded.Input("teacher_text"));
        var logScale = recorded.Number(settings.GetProperty("log_scale").GetDouble());
        var teacherScale = recorded.Number(Math.Exp(settings.GetProperty("teacher_log_scale").GetDouble()));
        using var clip = new ClipLoss(chunk, normalize: false);
        using var distillation = new DistillationLoss(chunk, normalize: false);

        var contrastive = clip.call(images, texts, logScale.exp());
        var distilled = distillation.call(images, texts, logScale.exp(), teacherImages, teacherTexts, teacherScale);
        (contrastive + distilled).backward();

        recorded.RequireClose("contrastive_loss", contrastive);
        recorded.RequireClose("distill_loss", distilled);
        recorded.RequireClose("grad_image", images.grad);
        recorded.RequireClose("grad_text", texts.grad);
        recorded.RequireClose("grad_log_scale", logScale.grad);
        Assert.Null(teacherImages.grad);
        Assert.Null(teacherScale.grad);
    }

    [Fact, NoTensorLeaks]
    public void Forward_OtherNumberOfTeacherPairs_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        using var loss = new DistillationLoss();
        Assert.Throws<ArgumentException>(() => loss.call(randn(3, 2), randn(3, 2), tensor(1f), randn(4, 2), randn(4, 2), tensor(1f)));
    }
}
