using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.Training.Data;

/// <summary>Images and their captions, ready for the towers; row i of one belongs to row i of the other.</summary>
/// <remarks>
/// A batch may hold its images as bytes, a quarter of the memory, and normalize those that are asked for: training asks for a micro-batch
/// at a time. The numbers are the same.
/// </remarks>
public sealed class PairBatch : IDisposable
{
    private readonly Tensor _images;
    private readonly ImageTransform? _transform;

    /// <summary>Makes a batch that owns its tensors, of normalized images.</summary>
    /// <param name="images">Normalized pixels, float32 [N, 3, H, W], on the CPU.</param>
    /// <param name="tokens">Token ids, int64 [N, L], on the CPU.</param>
    /// <param name="next">The position after the batch.</param>
    /// <param name="skipped">How many unreadable samples were passed over to fill the batch.</param>
    /// <remarks>The tensors leave any dispose scope that is open, since the batch outlives the code that made it.</remarks>
    /// <exception cref="ArgumentException">The tensors differ in their number of rows, or have other dimensions or another dtype.</exception>
    public PairBatch(Tensor images, Tensor tokens, PairPosition next, int skipped = 0)
        : this(images, tokens, next, skipped, null)
    {
    }

    private PairBatch(Tensor images, Tensor tokens, PairPosition next, int skipped, ImageTransform? transform)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(skipped);
        if (images.dim() != 4 || images.shape[1] != 3 || tokens.dim() != 2 || images.shape[0] != tokens.shape[0])
        {
            throw new ArgumentException(
                $"A batch has images [N, 3, H, W] and tokens [N, L] but these were [{string.Join(", ", images.shape)}] and [{string.Join(", ", tokens.shape)}].",
                nameof(images));
        }
        if (transform is null ? !images.is_floating_point() : images.dtype != ScalarType.Byte)
            throw new ArgumentException($"Images must be {(transform is null ? "normalized pixels in float32" : "uint8 with a transform")} but were {images.dtype}.", nameof(images));

        _images = images.DetachFromDisposeScope();
        _transform = transform;
        Tokens = tokens.DetachFromDisposeScope();
        Next = next;
        Skipped = skipped;
    }

    /// <summary>Token ids, int64 [N, L].</summary>
    public Tensor Tokens { get; }

    /// <summary>The position after the batch: a source that starts there continues with the next pair.</summary>
    public PairPosition Next { get; }

    /// <summary>How many unreadable samples were passed over to fill the batch.</summary>
    public int Skipped { get; }

    /// <summary>How many pairs, N.</summary>
    public int Count => (int)_images.shape[0];

    /// <summary>Makes a batch that owns its tensors, of images that are normalized when they are asked for.</summary>
    /// <param name="images">Pixels that were resized and cropped, uint8 [N, 3, H, W], on the CPU, as <see cref="ImagePreprocessor"/> and <see cref="ImageAugmenter"/> write them.</param>
    /// <param name="transform">Normalizes them.</param>
    /// <param name="tokens">Token ids, int64 [N, L], on the CPU.</param>
    /// <param name="next">The position after the batch.</param>
    /// <param name="skipped">How many unreadable samples were passed over to fill the batch.</param>
    /// <remarks>The tensors leave any dispose scope that is open, since the batch outlives the code that made it.</remarks>
    /// <exception cref="ArgumentException">The tensors differ in their number of rows, or have other dimensions or another dtype.</exception>
    public static PairBatch OfBytes(Tensor images, ImageTransform transform, Tensor tokens, PairPosition next, int skipped = 0)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return new PairBatch(images, tokens, next, skipped, transform);
    }

    /// <summary>The normalized pixels of all images.</summary>
    /// <returns>Float32 [N, 3, H, W].</returns>
    public Tensor GetImages() => GetImages(0, Count);

    /// <summary>The normalized pixels of some images.</summary>
    /// <param name="start">The first, from 0.</param>
    /// <param name="count">How many.</param>
    /// <returns>Float32 [<paramref name="count"/>, 3, H, W]; of a batch that holds normalized images, a view of them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public Tensor GetImages(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        if (_transform is null)
            return _images.narrow(0, start, count);

        var pixels = empty([count, .. _images.shape[1..]], ScalarType.Float32);
        Parallel.For(0, count, row => _transform.Normalize(TensorRows.Get<byte>(_images, start + row), TensorRows.Get<float>(pixels, row)));
        return pixels;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        Tokens.Dispose();
    }
}
