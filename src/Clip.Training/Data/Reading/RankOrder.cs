namespace Clip.Training.Data.Reading;

/// <summary>Which places of an epoch's order are a rank's: of each step's pairs, its part, so that all ranks together read what one would.</summary>
/// <param name="rank">The rank.</param>
/// <param name="worldSize">How many there are.</param>
/// <param name="batchSize">Samples of a step that one rank takes.</param>
/// <param name="samples">Samples of an epoch that one rank takes.</param>
internal readonly struct RankOrder(int rank, int worldSize, int batchSize, long samples)
{
    /// <summary>The place of one of the rank's samples.</summary>
    public long this[long sample]
    {
        get
        {
            // The last step of an epoch may have fewer.
            var step = sample / batchSize;
            var share = Math.Min(batchSize, samples - (step * batchSize));
            return (step * batchSize * worldSize) + (rank * share) + (sample % batchSize);
        }
    }
}
