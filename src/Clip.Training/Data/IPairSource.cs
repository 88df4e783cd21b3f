namespace Clip.Training.Data;

/// <summary>Pairs of images and captions in an order that is a function of the source's settings, its seed and a position.</summary>
/// <remarks>
/// Two sources with equal <see cref="Identity"/> give equal batches from equal positions, also in another process: training that
/// is stopped and resumed sees the pairs that an uninterrupted run sees. A source may prepare batches ahead on threads of its
/// own; one enumeration at a time is enough.
/// </remarks>
public interface IPairSource : IDisposable
{
    /// <summary>What fixes the order besides the position: files, sizes, seed, augmentation. One line, compared on resuming.</summary>
    string Identity { get; }

    /// <summary>How many samples an epoch has; null where it is unknown or the source never ends.</summary>
    long? SamplesPerEpoch { get; }

    /// <summary>Reads batches, epoch after epoch, for as long as the caller asks for more.</summary>
    /// <param name="size">Pairs per batch; every batch has exactly as many. Pairs at the end of an epoch that do not fill one are left out.</param>
    /// <param name="from">Where to start: <see cref="PairPosition.Start"/>, or <see cref="PairBatch.Next"/> of an earlier batch of the same size.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches; whoever enumerates disposes each.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive, or an epoch has fewer pairs.</exception>
    IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default);

    /// <summary>Where this source goes on after a run of another number of ranks.</summary>
    /// <param name="positions">Where each of those ranks stopped.</param>
    /// <param name="batchSize">Pairs per batch of this source.</param>
    /// <returns>The position from which all ranks together read what those have not read; null where there is none, and the epoch has to begin anew.</returns>
    PairPosition? Translate(IReadOnlyList<PairPosition> positions, int batchSize) => null;
}
