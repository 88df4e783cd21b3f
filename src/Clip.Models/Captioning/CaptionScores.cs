namespace Clip.Models;

/// <summary>Scores of the tokens that may follow captions, changed as a search wants it.</summary>
/// <remarks>Order and formulas are those of Hugging Face's generation (transformers, logits_process.py).</remarks>
internal static class CaptionScores
{
    /// <summary>The scores of all captions, in float64.</summary>
    /// <param name="scores">[N, V].</param>
    public static double[][] Read(Tensor scores)
    {
        using var precise = scores.to(ScalarType.Float64, CPU).contiguous();
        var values = precise.data<double>().ToArray();
        var vocabulary = (int)scores.shape[1];
        return [.. values.Chunk(vocabulary)];
    }

    /// <summary>Makes tokens that are there already less probable, and the end impossible where it is too early.</summary>
    public static void Adjust(double[] scores, List<long> caption, CaptionSearch search)
    {
        if (search.RepetitionPenalty != 1)
        {
            foreach (var id in caption.Distinct())
                scores[id] = scores[id] < 0 ? scores[id] * search.RepetitionPenalty : scores[id] / search.RepetitionPenalty;
        }
        if (caption.Count < search.MinLength)
            scores[search.EndTokenId] = double.NegativeInfinity;
    }

    /// <summary>The index of the highest score, the first of several.</summary>
    public static int Highest(double[] scores)
    {
        var highest = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[highest])
                highest = i;
        }
        return highest;
    }
}
