using Clip.Training.MixedPrecision;

namespace Clip.Training.Tests.MixedPrecision;

public sealed class LossScalerTests
{
    [Fact]
    public void Update_Overflow_HalvesDownToOne()
    {
        var scaler = new LossScaler(scale: 4);
        scaler.Update(finite: false);
        Assert.Equal(2, scaler.Scale);
        scaler.Update(finite: false);
        Assert.True(scaler.IsExhausted);
        scaler.Update(finite: false);
        Assert.Equal(1, scaler.Scale);
    }

    [Fact]
    public void Update_LongRunWithoutOverflow_DoublesUpToItsLimit()
    {
        var scaler = new LossScaler(scale: 1 << 23, growthInterval: 3);
        scaler.Update(true);
        scaler.Update(true);
        scaler.Update(false);
        Assert.Equal(1 << 22, scaler.Scale);
        for (var step = 0; step < 3; step++)
            scaler.Update(true);
        Assert.Equal(1 << 23, scaler.Scale);
        for (var step = 0; step < 9; step++)
            scaler.Update(true);
        Assert.Equal(1 << 24, scaler.Scale);
    }

    [Fact]
    public void Restore_ContinuesCounting()
    {
        var scaler = new LossScaler(growthInterval: 3);
        scaler.Restore(8, stepsSinceChange: 2);
        scaler.Update(true);
        Assert.Equal(16, scaler.Scale);
        Assert.Equal(0, scaler.StepsSinceChange);
        Assert.Throws<ArgumentOutOfRangeException>(() => scaler.Restore(0, 0));
    }
}
