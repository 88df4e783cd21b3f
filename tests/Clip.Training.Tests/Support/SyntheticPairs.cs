using Clip.Training.Data;

namespace Clip.Training.Tests.Support;

/// <summary>Endless random pairs for a config: batch i is a function of the seed and i.</summary>
internal sealed class SyntheticPairs(DualEncoderConfig config, long seed = 5) : IPairSource
{
    /// <summary>Changes a batch's pixels; given the number of the batch.</summary>
    public Action<long, Tensor>? Spoil { get; init; }

    /// <summary>Changes a batch's token ids.</summary>
    public Action<Tensor>? SpoilTokens { get; init; }

    public string Identity => $"synthetic, seed {seed}";

    public long? SamplesPerEpoch => null;

    public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
    {
        for (var sample = from.Sample; ; sample += size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var generator = new Generator((ulong)(1000 * seed + sample), CPU);
            var images = randn([size, 3, config.Image.Resolution.Height, config.Image.Resolution.Width], generator: generator);
            var tokens = randint(1, config.Text.VocabularySize, [size, config.Text.ContextLength], ScalarType.Int64, generator: generator);
            Spoil?.Invoke(sample / size, images);
            SpoilTokens?.Invoke(tokens);
            yield return new PairBatch(images, tokens, new PairPosition(0, sample + size));
        }
    }

    public void Dispose()
    {
    }
}
