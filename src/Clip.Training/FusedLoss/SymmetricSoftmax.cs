using System.Numerics.Tensors;

namespace Clip.Training.FusedLoss;

/// <summary>CLIP's loss of logits: with the softmax P of each row and Q of each column, the gradient is (P + Q - 2 I) / 2 N.</summary>
/// <param name="count">Pairs, N.</param>
internal sealed class SymmetricSoftmax(int count) : ILogitLoss
{
    private readonly float[] _columnMaxima = new float[count], _columnSums = new float[count], _exponentials = new float[count];

    public (double Value, double OfBias) Differentiate(PaddedMatrix logits)
    {
        MeasureColumns(logits);
        Span<float> exponentials = _exponentials;
        var factor = 0.5f / count;
        double value = 0, ofBias = 0;
        for (var i = 0; i < count; i++)
        {
            var row = logits.Row(i)[..count];
            var match = row[i];
            var max = TensorPrimitives.Max<float>(row);
            TensorPrimitives.Subtract(row, max, exponentials);
            TensorPrimitives.Exp<float>(exponentials, exponentials);
            var sum = TensorPrimitives.Sum<float>(exponentials);
            value += max + Math.Log(sum) - match + _columnMaxima[i] + Math.Log(_columnSums[i]) - match;

            TensorPrimitives.Subtract<float>(row, _columnMaxima, row);
            TensorPrimitives.Exp<float>(row, row);
            TensorPrimitives.Divide<float>(row, _columnSums, row);
            TensorPrimitives.Multiply(row, factor, row);
            TensorPrimitives.MultiplyAdd(exponentials, factor / sum, row, row);
            row[i] -= 2 * factor;
            ofBias += TensorPrimitives.Sum<float>(row);
        }
        return (value * factor, ofBias);
    }

    // The largest logit of each column, and the sum of exponentials of what is below it.
    private void MeasureColumns(PaddedMatrix logits)
    {
        Span<float> maxima = _columnMaxima, sums = _columnSums, exponentials = _exponentials;
        maxima.Fill(float.NegativeInfinity);
        sums.Clear();
        for (var i = 0; i < count; i++)
            TensorPrimitives.Max<float>(maxima, logits.Row(i)[..count], maxima);
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Subtract<float>(logits.Row(i)[..count], maxima, exponentials);
            TensorPrimitives.Exp<float>(exponentials, exponentials);
            TensorPrimitives.Add<float>(sums, exponentials, sums);
        }
    }
}
