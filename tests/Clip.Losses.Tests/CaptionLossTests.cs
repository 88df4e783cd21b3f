using Clip.Checkpoints;

namespace Clip.Losses.Tests;

public sealed class CaptionLossTests
{
    // Recorded with open_clip's CoCaLoss and weights of 2 and 1, and once of 0.5 and 0; gradients there carry the weight.
    [Theory]
    [InlineData("coca", 2, false)]
    [InlineData("coca", 2, true)]
    [InlineData("coca.w0", 0.5, false)]
    [InlineData("coca.w0", 0.5, true)]
    public void Forward_EqualsTheOriginal(string name, double weight, bool isDouble)
    {
        using var scope = NewDisposeScope();
        using var recorded = Checkpoint.Open(Fixtures.Find("losses", "losses.safetensors"));
        var suffix = isDouble ? "f64" : "f32";
        var logits = recorded.ReadTensor("coca.logits").to(isDouble ? ScalarType.Float64 : ScalarType.Float32).requires_grad_(true);

        var loss = new CaptionLoss().call(logits, recorded.ReadTensor("coca.labels")) * weight;
        loss.backward();

        var tolerance = isDouble ? 1e-12 : 2e-5;
        TensorAssert.Close(recorded.ReadTensor($"{name}.caption_loss.{suffix}"), loss, tolerance);
        TensorAssert.Close(recorded.ReadTensor($"{name}.grad_logits.{suffix}"), logits.grad!, tolerance);
    }

    [Fact]
    public void OfNextTokens_ComparesEachTokenWithTheLogitsBeforeIt()
    {
        using var scope = NewDisposeScope();
        var logits = randn(2, 4, 7);
        var tokens = tensor(new long[] { 5, 2, 6, 0, 5, 1, 3, 6 }).view(2, 4);
        using var loss = new CaptionLoss();

        var logProbabilities = nn.functional.log_softmax(logits, -1);
        var expected = -(logProbabilities[0, 0, 2] + logProbabilities[0, 1, 6] + logProbabilities[1, 0, 1] + logProbabilities[1, 1, 3] + logProbabilities[1, 2, 6]) / 5;

        TensorAssert.Close(expected, loss.OfNextTokens(logits, tokens), 1e-6);
    }

    [Fact]
    public void Forward_WrongShapesOrDtype_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var loss = new CaptionLoss();

        Assert.Throws<ArgumentException>(() => loss.call(zeros(2, 4, 7), zeros(2, 3, dtype: ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => loss.call(zeros(2, 4, 7), zeros(2, 4)));
        Assert.Throws<ArgumentException>(() => loss.OfNextTokens(zeros(2, 1, 7), zeros(2, 1, dtype: ScalarType.Int64)));
    }
}
