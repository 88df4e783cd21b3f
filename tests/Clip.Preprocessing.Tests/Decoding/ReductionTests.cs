using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Tests.Decoding;

public class ReductionTests
{
    [Theory]
    [InlineData(640, 480, 1)]
    [InlineData(2000, 1333, 2)]
    [InlineData(4000, 3000, 8)]
    [InlineData(2700, 2680, 4)]
    [InlineData(9000, 6000, 8)]
    [InlineData(9000, 500, 1)]
    public void Choose_ShortestSide_LeavesOneAndAHalfTimesTheNewSize(int width, int height, int reduction) =>
        Assert.Equal(reduction, Reduction.Choose(width, height, ResizePlan.Create(PreprocessingConfig.OpenAI(224), width, height)));

    [Fact]
    public void Choose_AnySize_LeavesEnough()
    {
        var random = new Random(0);
        for (var round = 0; round < 10_000; round++)
        {
            var (width, height, side) = (random.Next(1, 9000), random.Next(1, 9000), random.Next(1, 600));
            var plan = ResizePlan.Create(PreprocessingConfig.OpenAI(side), width, height);

            var reduction = Reduction.Choose(width, height, plan);
            var smallest = Reduction.ChooseSmallest(width, height, plan);

            Assert.True(reduction is 1 or 2 or 4 or 8 && smallest >= reduction);
            Assert.True(reduction == 1 || (width / reduction >= 1.5 * plan.Width && height / reduction >= 1.5 * plan.Height));
            Assert.True(smallest == 1 || (width / smallest >= plan.Width && height / smallest >= plan.Height));
        }
    }

    [Fact]
    public void Choose_WideImageSquashedTall_LooksAtEachSide() =>
        Assert.Equal(1, Reduction.Choose(4000, 500, ResizePlan.Squash(new Resolution(400, 100))));
}
