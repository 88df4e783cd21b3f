using Clip.Losses.Tests.Support;

namespace Clip.Losses.Tests;

public sealed class MarginContrastiveLossTests
{
    public static TheoryData<double, ScalarType> RecordedCases { get; } = new(
        from margin in (double[])[0.5, 1, 2]
        from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
        select (margin, dtype));

    // Rows 0 and 1 are pairs at distance zero, rows 2 and 3 pairs exactly at the margin.
    [Theory, MemberData(nameof(RecordedCases)), NoTensorLeaks]
    public void Forward_RecordedPairs_GivesRecordedValuesAndGradients(double margin, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var recorded = new Recorded("losses", FormattableString.Invariant($"margin_{margin:F1}"), dtype);
        var (first, second, matches) = (recorded.Input("x1"), recorded.Input("x2"), recorded.Input("y").detach());
        using var mean = new MarginContrastiveLoss(margin);
        using var sum = new MarginContrastiveLoss(margin, nn.Reduction.Sum);
        using var each = new MarginContrastiveLoss(margin, nn.Reduction.None);

        var value = mean.call(first, second, matches);
        value.backward();

        recorded.RequireClose("mean", value);
        recorded.RequireClose("grad_x1_of_mean", first.grad);
        recorded.RequireClose("grad_x2_of_mean", second.grad);
        recorded.RequireClose("sum", sum.call(first, second, matches));
        recorded.RequireClose("per_pair", each.call(first, second, matches.to(ScalarType.Bool)));
    }

    [Fact, NoTensorLeaks]
    public void Forward_UnmatchedPairBeyondMargin_CostsNothing()
    {
        using var scope = NewDisposeScope();
        using var loss = new MarginContrastiveLoss(margin: 1);
        var first = tensor(new double[,] { { 0, 0 } }, requires_grad: true);

        var value = loss.call(first, tensor(new double[,] { { 3, 0 } }), zeros(1));
        value.backward();

        Assert.Equal(0, value.item<double>());
        TensorAssert.Close(zeros(1, 2), first.grad!, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_ImpossibleMargin_Throws(double margin) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarginContrastiveLoss(margin));

    [Fact]
    public void Constructor_UnknownReduction_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarginContrastiveLoss(reduction: (nn.Reduction)99));

    [Fact, NoTensorLeaks]
    public void Forward_WrongNumberOfAnswers_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        using var loss = new MarginContrastiveLoss();
        Assert.Throws<ArgumentException>(() => loss.call(randn(3, 2), randn(3, 2), zeros(4)));
    }
}
