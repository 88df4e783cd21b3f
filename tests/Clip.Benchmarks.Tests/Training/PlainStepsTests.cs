using Clip.Benchmarks.Training;
using Clip.Models;
using Clip.Training.Data;

namespace Clip.Benchmarks.Tests.Training;

public sealed class PlainStepsTests
{
    [Fact]
    public void Measure_TwoSteps_MovesAllWeightsOfBothTowers()
    {
        var transformer = new TransformerConfig { Width = 16, Layers = 1, Heads = 2, Activation = Activation.Gelu };
        using var network = new DualEncoder(new DualEncoderConfig
        {
            EmbeddingSize = 8,
            Image = new VisionTransformerConfig { Resolution = 8, PatchSize = 4, Transformer = transformer },
            Text = new ClipTextConfig { ContextLength = 6, VocabularySize = 10, Transformer = transformer },
        });
        using var scope = NewDisposeScope();
        var before = network.named_parameters().Select(entry => (entry.name, value: entry.parameter.detach().clone())).ToList();

        var seconds = new PlainSteps(network, rate: 0.01).Measure(new Pairs(), batch: 4, count: 2);

        Assert.Equal(2, seconds.Count);
        var now = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        Assert.DoesNotContain(before, entry => entry.value.equal(now[entry.name]).all().item<bool>());
    }

    private sealed class Pairs : IPairSource
    {
        public string Identity => "random";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            while (true)
                yield return new PairBatch(randn(size, 3, 8, 8), randint(1, 10, [size, 6], ScalarType.Int64), PairPosition.Start);
        }

        public void Dispose()
        {
        }
    }
}
