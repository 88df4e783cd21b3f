using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Tests.Decoding;

public class ReductionTests
{
    [Theory]
    [InlineData(640, 480, 1)]
    [InlineData(2000, 1333, 2)]
    [InlineData(4000, 3000, 4)]
    [InlineData(9000, 6000, 8)]
    [InlineData(9000, 500, 1)]
    public void Choose_ShortestSide_LeavesTwiceTheNewSize(int width, int height, int reduction) =>
        Assert.Equal(reduction, Reduction.Choose(width, height, ResizePlan.Create(PreprocessingConfig.OpenAI(224), width, height)));

    [Fact]
    public void Choose_WideImageSquashedTall_LooksAtEachSide() =>
        Assert.Equal(1, Reduction.Choose(4000, 500, ResizePlan.Squash(new Resolution(400, 100))));
}
