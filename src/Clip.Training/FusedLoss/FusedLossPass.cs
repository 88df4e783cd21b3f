using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Training.FusedLoss;

/// <summary>Value and gradients of a loss for batches of one size, in memory that is kept from one to the next.</summary>
/// <remarks>
/// With logits L = s · u · vᵀ + b of normalized embeddings u and v, and the gradient G of these logits, the gradient of u is s · G · v, that of v is
/// s · Gᵀ · u, that of s is the sum of G · v times u, and that of b the sum of G.
/// </remarks>
/// <param name="count">Pairs, N.</param>
/// <param name="width">Elements of an embedding, E.</param>
/// <param name="logitLoss">What the loss makes of N x N logits.</param>
internal sealed class FusedLossPass(int count, int width, ILogitLoss logitLoss)
{
    // torch.nn.functional.normalize divides by the norm, but by no less than this.
    private const float LeastNorm = 1e-12f;

    private readonly PaddedMatrix _images = new(count, width), _texts = new(count, width), _textColumns = new(width, count);
    private readonly PaddedMatrix _logits = new(count, count), _columnGradients = new(count, count), _sums = new(count, width);
    private readonly float[] _imageNorms = new float[count], _textNorms = new float[count];

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
        for (var row = 0; row < count; row++)
            Scale(_logits.Row(row)[..count], scale, bias);
        var (value, ofBias) = logitLoss.Differentiate(_logits);

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

    private static void Scale(Span<float> products, float scale, float bias)
    {
        TensorPrimitives.Multiply(products, scale, products);
        TensorPrimitives.Add(products, bias, products);
    }

    private static Tensor ScalarLike(Tensor scalar, double value) => empty(scalar.shape, ScalarType.Float32).FillWith((float)value);

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
