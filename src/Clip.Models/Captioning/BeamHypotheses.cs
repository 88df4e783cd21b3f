namespace Clip.Models;

/// <summary>The best captions of an image that have ended.</summary>
/// <param name="most">How many are kept.</param>
/// <param name="lengthPenalty">The power of the length that scores are divided by.</param>
internal sealed class BeamHypotheses(int most, double lengthPenalty)
{
    private readonly List<(double Score, long[] Ids)> _captions = [];

    /// <summary>The best one, without an end token; the last of several.</summary>
    public long[] Best => _captions.OrderBy(caption => caption.Score).Last().Ids;

    /// <summary>Adds a caption, if it is among the best.</summary>
    /// <param name="ids">Its tokens, without the end.</param>
    /// <param name="logProbability">The sum over its tokens.</param>
    /// <param name="length">Tokens behind the prompt.</param>
    public void Add(long[] ids, double logProbability, int length)
    {
        var score = Score(logProbability, length);
        if (_captions.Count == most)
        {
            var worst = Worst();
            if (score <= _captions[worst].Score)
                return;
            _captions.RemoveAt(worst);
        }
        _captions.Add((score, ids));
    }

    /// <summary>Whether no caption that goes on can be better than those that have ended.</summary>
    /// <param name="logProbability">The highest sum of those that go on.</param>
    /// <param name="length">Their tokens behind the prompt.</param>
    public bool IsDone(double logProbability, int length) =>
        _captions.Count == most && _captions[Worst()].Score >= Score(logProbability, length);

    private double Score(double logProbability, int length) => logProbability / Math.Pow(length, lengthPenalty);

    // The first of several.
    private int Worst()
    {
        var worst = 0;
        for (var i = 1; i < _captions.Count; i++)
        {
            if (_captions[i].Score < _captions[worst].Score)
                worst = i;
        }
        return worst;
    }
}
