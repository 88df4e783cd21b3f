namespace Clip.Training.Data.Reading;

/// <summary>The samples of a data set in the order of an epoch.</summary>
internal interface ISampleOrder
{
    /// <summary>What errors call the data set.</summary>
    string Name { get; }

    /// <summary>Reads an epoch.</summary>
    /// <param name="epoch">Which one.</param>
    /// <param name="from">How many samples are passed over.</param>
    /// <param name="batchSize">How many samples one rank takes of a step.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    IEnumerable<RawSample> Read(long epoch, long from, int batchSize, CancellationToken cancellationToken);
}
