using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Clip.Training.FusedLoss;

/// <summary>SigLIP's loss of logits: each is an answer, and the gradient is the probability that it is wrong, by N and away from that answer.</summary>
/// <param name="count">Pairs, N.</param>
internal sealed class PairwiseAnswers(int count) : ILogitLoss
{
    public (double Value, double OfBias) Differentiate(PaddedMatrix logits)
    {
        double value = 0, ofBias = 0;
        for (var i = 0; i < count; i++)
        {
            var padded = logits.Row(i);
            var row = padded[..count];
            // The odds of a wrong answer: "yes" to all texts but the image's own. Those of the padding are none.
            row[i] = -row[i];
            padded[count..].Fill(float.NegativeInfinity);

            value += AnswerWrongly(padded, 1f / count);
            row[i] = -row[i];
            ofBias += TensorPrimitives.Sum<float>(row);
        }
        return (value / count, ofBias);
    }

    // Logarithms of odds become probabilities times a factor; returns the sum of -log(1 - probability), which is log(1 + odds).
    private static double AnswerWrongly(Span<float> odds, float factor)
    {
        var (one, sum) = (Vector<float>.One, Vector<float>.Zero);
        foreach (ref var answers in MemoryMarshal.Cast<float, Vector<float>>(odds))
        {
            var small = Vector.Exp(-Vector.Abs(answers));
            var all = one + small;
            // log(1 + small) with the rounding of 1 + small divided out (Kahan); below the rounding it is small itself.
            var logarithm = Vector.ConditionalSelect(Vector.Equals(all, one), small, Vector.Log(all) * (small / (all - one)));
            sum += logarithm + Vector.Max(answers, Vector<float>.Zero);
            answers = factor * Vector.ConditionalSelect(Vector.GreaterThan(answers, Vector<float>.Zero), one, small) / all;
        }
        return Vector.Sum(sum);
    }
}
