using Clip.Training.Distributed;
using Clip.Training.Schedules;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Distributed;

/// <summary>What ranks exchange in a step, beside the table of docs/scale.md.</summary>
public sealed class TrafficTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void Step_Bytes_AreThoseOfTheFormula(int ranks, bool localLoss)
    {
        var config = TinyConfig.VisionTransformer;
        const int batch = 8;
        var (few, many) = (Count(2), Count(5));

        using var network = TinyConfig.Create(config);
        long parameters = network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()), embedding = config.EmbeddingSize;
        Assert.Equal(3 * sizeof(float) * parameters, many.Summed - few.Summed);
        Assert.Equal(3 * 2 * sizeof(float) * batch / ranks * embedding, many.Gathered - few.Gathered);
        Assert.Equal(3 * 2 * sizeof(float) * batch / ranks * embedding, many.Scattered - few.Scattered);
        Assert.Equal(3 * 16, many.Numbers - few.Numbers);        // stop flag, loss

        (long Summed, long Gathered, long Scattered, long Numbers) Count(int steps)
        {
            var options = new TrainerOptions { Steps = steps, BatchSize = batch, LocalLoss = localLoss, Schedule = new ConstantSchedule(0.001, 0) };
            var networks = Enumerable.Range(0, ranks).Select(_ => TinyConfig.Create(config)).ToArray();
            var bytes = new (long, long, long, long)[ranks];
            LocalProcessGroup.Run(ranks, group =>
            {
                using var own = networks[group.Rank];
                using var counting = new CountingGroup(group);
                using var trainer = new Trainer(own, options, group: counting);
                trainer.Run(new RankPairs(new SyntheticPairs(config), group));
                bytes[group.Rank] = counting.Bytes;
            });
            Assert.Single(bytes.Distinct());
            return bytes[0];
        }
    }
}
