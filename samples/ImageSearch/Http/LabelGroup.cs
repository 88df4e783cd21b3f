namespace ImageSearch;

/// <summary>The images of one label: how many there are, and the most probable ones.</summary>
/// <param name="top">How many are kept.</param>
internal sealed class LabelGroup(int top)
{
    private readonly PriorityQueue<ImageRecord, float> _best = new();

    /// <summary>How many images have been added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an image.</summary>
    public void Add(ImageRecord record, float probability)
    {
        Count++;
        if (_best.Count < top)
            _best.Enqueue(record, probability);
        else
            _best.EnqueueDequeue(record, probability);
    }

    /// <summary>The most probable images first.</summary>
    public IReadOnlyList<LabelledAnswer> Best() =>
        [.. _best.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => new LabelledAnswer(ImageAnswer.Of(item.Element), item.Priority))];
}
