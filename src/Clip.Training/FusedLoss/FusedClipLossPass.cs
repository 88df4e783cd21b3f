using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Clip.Training.FusedLoss;

/// <summary>Value and gradients of CLIP's loss for batches of one size, in memory that is kept from one to the next.</summary>
/// <remarks>
/// With logits L = s · u · vᵀ + b of normalized embeddings u and v, the softmax P of each row and Q of each column, and N pairs, the gradient of the logits is
/// G = (P + Q - 2 I) / 2 N, that of u is s · G · v, that of v is s · Gᵀ · u, that of s is the sum of G · v times u, and that of b the sum of G.
/// </remarks>
/// <param name="count">Pairs, N.</param>
/// <param name="width">Elements of an embedding, E.</param>
internal sealed class FusedClipLossPass(int count, int width)
{
    // torch.nn.functional.normalize divides by the norm, but by no less than this.
    private const float LeastNorm = 1e-12f;

    private readonly PaddedMatrix _images = new(count, width), _texts = new(count, width), _textColumns = new(width, count);
    private readonly PaddedMatrix _logits = new(count, count), _columnGradients = new(count, count), _sums = new(count, width);
    private readonly float[] _imageNorms = new float[count], _textNorms = new float[count];
    private readonly float[] _columnMaxima = new float[count], _columnSums = new float[count], _exponentials = new float[count];

    public int Count => count;

    public int Width => width;

    /// <summary>Computes the loss and all gradients, as tensors on the caller's open dispose scope.</summary>
    /// <param name="images">[N, E].</param>
    /// <param name="texts">[N, E].</param>
    /// <param name="logitScale">A scalar.</param>
    /// <param name="logitBias">A scalar, or null.</param>
    public LossGradients Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        var (scale, bias) = (logitScale.item<float>(), logitBias?.item<float>() ?? 0);
        Normalize(images, _images, _imageNorms);
        Normalize(texts, _texts, _textNorms);
        _textColumns.SetTransposed(_texts);
        _logits.SetProduct(_images, _textColumns);
        var value = DifferentiateLogits(scale, bias, out var ofBias);

        _columnGradients.SetTransposed(_logits);
        _sums.SetProduct(_logits, _texts);
        double ofScale = 0;
        for (var row = 0; row < count; row++)
            ofScale += TensorPrimitives.Dot<float>(_images.Row(row)[..width], _sums.Row(row)[..width]);
        var ofImages = SendNormsBack(_images, _imageNorms, scale);
        _sums.SetProduct(_columnGradients, _images);
        var ofTexts = SendNormsBack(_texts, _textNorms, scale);
        return new(tensor((float)value), ofImages, ofTexts, ScalarLike(logitScale, ofScale), ScalarLike(logitBias ?? logitScale, ofBias));
    }

    private static Tensor ScalarLike(Tensor scalar, double value) => full(scalar.shape, (float)value, ScalarType.Float32);

    private void Normalize(Tensor embeddings, PaddedMatrix target, float[] norms)
    {
        using var scope = NewDisposeScope();
        var elements = Elements(embeddings.detach().contiguous());
        for (var row = 0; row < count; row++)
        {
            var source = elements.Slice(row * width, width);
            norms[row] = TensorPrimitives.Norm<float>(source);
            TensorPrimitives.Divide(source, float.Max(LeastNorm, norms[row]), target.Row(row)[..width]);
        }
    }

    // Products of embeddings become logits, and these become gradients.
    private double DifferentiateLogits(float scale, float bias, out double ofBias)
    {
        MeasureColumns(scale, bias);
        Span<float> exponentials = _exponentials;
        var factor = 0.5f / count;
        double value = 0;
        ofBias = 0;
        for (var i = 0; i < count; i++)
        {
            var row = _logits.Row(i)[..count];
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
        return value * factor;
    }

    // The largest logit of each column, and the sum of exponentials of what is below it.
    private void MeasureColumns(float scale, float bias)
    {
        Span<float> maxima = _columnMaxima, sums = _columnSums, exponentials = _exponentials;
        maxima.Fill(float.NegativeInfinity);
        sums.Clear();
        for (var i = 0; i < count; i++)
        {
            var row = _logits.Row(i)[..count];
            TensorPrimitives.Multiply(row, scale, row);
            TensorPrimitives.Add(row, bias, row);
            TensorPrimitives.Max<float>(maxima, row, maxima);
        }
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Subtract<float>(_logits.Row(i)[..count], maxima, exponentials);
            TensorPrimitives.Exp<float>(exponentials, exponentials);
            TensorPrimitives.Add<float>(sums, exponentials, sums);
        }
    }

    // With n = x / |x| and g the gradient of n: (g - n (n · g)) / |x|.
    private Tensor SendNormsBack(PaddedMatrix normalized, float[] norms, float scale)
    {
        var result = empty([count, width], ScalarType.Float32);
        var elements = Elements(result);
        for (var row = 0; row < count; row++)
        {
            var unit = normalized.Row(row)[..width];
            var gradient = _sums.Row(row)[..width];
            var target = elements.Slice(row * width, width);
            var along = norms[row] > LeastNorm ? TensorPrimitives.Dot<float>(unit, gradient) : 0;
            TensorPrimitives.MultiplyAdd(unit, -along, gradient, target);
            TensorPrimitives.Multiply(target, scale / float.Max(LeastNorm, norms[row]), target);
        }
        return result;
    }

    private static Span<float> Elements(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
