using Clip.Training.Data;
using Clip.Training.Distributed;

namespace Clip.Training.Tests.Distributed;

/// <summary>A rank's rows of the batches that a source would give one rank.</summary>
internal sealed class RankPairs(IPairSource whole, IProcessGroup group) : IPairSource
{
    public string Identity => whole.Identity;

    public long? SamplesPerEpoch => whole.SamplesPerEpoch;

    public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
    {
        foreach (var batch in whole.Batches(size * group.WorldSize, from, cancellationToken))
        {
            using (batch)
            {
                yield return new PairBatch(
                    batch.GetImages(group.Rank * size, size).clone(), batch.Tokens.narrow(0, group.Rank * size, size).clone(), batch.Next);
            }
        }
    }

    public PairPosition? Translate(IReadOnlyList<PairPosition> positions, int batchSize) => positions[0];

    public void Dispose()
    {
    }
}
