namespace Clip.Training.Data;

/// <summary>A batch's inputs of one tower, of which no more need to be tensors at a time than are looked at.</summary>
/// <param name="Count">How many rows.</param>
/// <param name="Get">Gives rows: the first, and how many.</param>
internal readonly record struct BatchRows(int Count, Func<int, int, Tensor> Get)
{
    /// <summary>The images of a batch.</summary>
    public static BatchRows ImagesOf(PairBatch batch) => new(batch.Count, batch.GetImages);

    /// <summary>The rows of a tensor.</summary>
    public static BatchRows Of(Tensor tensor) => new((int)tensor.shape[0], (start, count) => tensor.narrow(0, start, count));

    /// <summary>All rows, a few at a time; whoever enumerates opens a scope for each.</summary>
    /// <param name="size">How many at a time.</param>
    public IEnumerable<(int Start, int Count)> Parts(int size)
    {
        for (var start = 0; start < Count; start += size)
            yield return (start, Math.Min(size, Count - start));
    }
}
