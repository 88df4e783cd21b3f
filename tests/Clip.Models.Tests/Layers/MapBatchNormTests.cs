namespace Clip.Models.Tests.Layers;

public sealed class MapBatchNormTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Forward_TwoPasses_HasTheBitsOfBatchNorm2d(bool training)
    {
        using var scope = NewDisposeScope();
        using var ours = new MapBatchNorm(3, CPU);
        using var theirs = nn.BatchNorm2d(3);
        ours.train(training);
        theirs.train(training);

        for (var pass = 0; pass < 2; pass++)
        {
            var pixels = linspace(-1, 2 + pass, 2 * 3 * 4 * 5).sin().view(2, 3, 4, 5);
            TensorAssert.BitEqual(theirs.call(pixels), ours.call(pixels));
        }

        Assert.Equal(theirs.state_dict().Keys, ours.state_dict().Keys);
        Assert.All(theirs.state_dict(), entry => TensorAssert.BitEqual(entry.Value, ours.state_dict()[entry.Key]));
    }

    [Fact]
    public void Forward_WithoutChannels_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        using var norm = new MapBatchNorm(3, CPU);

        Assert.Throws<ArgumentException>(() => norm.call(zeros(2, 3, 4)));
    }
}
