namespace Clip.Models;

/// <summary>The captions of one image that a beam search follows.</summary>
internal sealed class BeamsOfImage
{
    // Beams but the first begin so low that the first step takes all from the first.
    private const double Unlikely = -1e9;

    private readonly CaptionSearch _search;
    private readonly BeamHypotheses _ended;
    private List<long>[] _captions;
    private double[] _logProbabilities;

    public BeamsOfImage(long[] prompt, CaptionSearch search)
    {
        _search = search;
        _ended = new BeamHypotheses(search.Beams, search.LengthPenalty);
        _captions = [.. Enumerable.Range(0, search.Beams).Select(_ => prompt.ToList())];
        _logProbabilities = [.. Enumerable.Range(0, search.Beams).Select(beam => beam == 0 ? 0 : Unlikely)];
    }

    /// <summary>Whether no better caption can come.</summary>
    public bool IsDone { get; private set; }

    /// <summary>For each beam the one that it goes on from.</summary>
    public int[] Sources { get; private set; } = [];

    /// <summary>For each beam the token that was added, as a row.</summary>
    public IEnumerable<long[]> Added => _captions.Select(caption => new[] { caption[^1] });

    /// <summary>Adds a token to each beam.</summary>
    /// <param name="scores">Logarithms of the probabilities of the next token, for each beam.</param>
    /// <param name="length">Tokens behind the prompt, the new one included.</param>
    /// <param name="paddingId">What the beams of an image that is done go on with.</param>
    public void Advance(ReadOnlySpan<double[]> scores, int length, long paddingId)
    {
        var beams = _search.Beams;
        if (IsDone)
        {
            Sources = new int[beams];
            foreach (var caption in _captions)
                caption.Add(paddingId);
            return;
        }

        var candidates = Candidates(scores);
        var captions = new List<List<long>>(beams);
        var (logProbabilities, sources) = (new List<double>(beams), new List<int>(beams));
        for (var rank = 0; rank < candidates.Count && captions.Count < beams; rank++)
        {
            var (score, beam, id) = candidates[rank];
            if (id == _search.EndTokenId)
            {
                if (rank < beams)
                    _ended.Add([.. _captions[beam]], score, length);
                continue;
            }
            captions.Add([.. _captions[beam], id]);
            logProbabilities.Add(score);
            sources.Add(beam);
        }
        IsDone = _ended.IsDone(candidates[0].Score, length);
        (_captions, _logProbabilities, Sources) = ([.. captions], [.. logProbabilities], [.. sources]);
    }

    /// <summary>The best caption, its end included where there is room for it.</summary>
    /// <param name="promptLength">Tokens of the prompt.</param>
    public long[] Finish(int promptLength)
    {
        if (!IsDone)
        {
            for (var beam = 0; beam < _captions.Length; beam++)
                _ended.Add([.. _captions[beam]], _logProbabilities[beam], _captions[beam].Count - promptLength);
        }
        var best = _ended.Best;
        return best.Length < _search.MaxLength ? [.. best, _search.EndTokenId] : best;
    }

    // Twice as many as beams: even if every beam's best token is the end, as many go on.
    private List<(double Score, int Beam, int Id)> Candidates(ReadOnlySpan<double[]> scores)
    {
        var best = new PriorityQueue<(double Score, int Beam, int Id), (double, int, int)>();
        for (var beam = 0; beam < scores.Length; beam++)
        {
            var row = scores[beam];
            CaptionScores.Adjust(row, _captions[beam], _search);
            for (var id = 0; id < row.Length; id++)
            {
                var score = row[id] + _logProbabilities[beam];
                if (best.Count == 2 * _search.Beams)
                {
                    if (score <= best.Peek().Score)
                        continue;
                    best.Dequeue();
                }
                best.Enqueue((score, beam, id), (score, -beam, -id));
            }
        }
        var candidates = new List<(double, int, int)>(best.Count);
        while (best.TryDequeue(out var candidate, out _))
            candidates.Add(candidate);
        candidates.Reverse();
        return candidates;
    }
}
