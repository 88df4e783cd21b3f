using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Shared;

namespace Clip.Embedding;

/// <summary>Space for the pixels of some images.</summary>
/// <param name="memory">Where it comes from.</param>
/// <param name="pixels">The room, [N, 3, H, W] on the CPU.</param>
/// <param name="buffer">The buffer it is the beginning of, to be given back; null where it is memory of its own.</param>
internal sealed class PixelBuffer(PixelMemory memory, Tensor pixels, Tensor? buffer) : IDisposable
{
    private Tensor? _buffer = buffer;

    /// <summary>The pixels [N, 3, H, W].</summary>
    public Tensor Pixels => pixels;

    /// <summary>Writes the pixels of an image, or zeros where that fails.</summary>
    /// <param name="row">Which image.</param>
    /// <param name="source">Its source.</param>
    /// <param name="cancellationToken">Ends the wait for memory to decode in.</param>
    /// <exception cref="Preprocessing.ImageDecodingException">The image cannot be read.</exception>
    public void Write(int row, ImageSource source, CancellationToken cancellationToken = default)
    {
        var bytes = TensorRows.Get<byte>(pixels, row);
        try
        {
            Write(source, bytes, cancellationToken);
        }
        catch
        {
            bytes.Clear();
            throw;
        }
    }

    /// <summary>Brings the pixels to the network's device, on the network's thread.</summary>
    public Tensor Send() => memory.Send(pixels);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        pixels.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } own)
            memory.Return(own);
    }

    private delegate void Rounding<T>(ReadOnlySpan<float> values, Span<T> rounded);

    private void Write(ImageSource source, Span<byte> row, CancellationToken cancellationToken)
    {
        switch (pixels.dtype)
        {
            case ScalarType.Float32:
                source.Preprocess(memory.Preprocessor, MemoryMarshal.Cast<byte, float>(row), cancellationToken);
                break;
            case ScalarType.Float16:
                Round(source, MemoryMarshal.Cast<byte, Half>(row), TensorPrimitives.ConvertToHalf, cancellationToken);
                break;
            case ScalarType.BFloat16:
                Round(source, MemoryMarshal.Cast<byte, ushort>(row), BFloat16Rounding.Round, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"Pixels are not stored in {pixels.dtype}.");
        }
    }

    private void Round<T>(ImageSource source, Span<T> row, Rounding<T> round, CancellationToken cancellationToken)
    {
        var rented = ArrayPool<float>.Shared.Rent(row.Length);
        try
        {
            var values = rented.AsSpan(0, row.Length);
            source.Preprocess(memory.Preprocessor, values, cancellationToken);
            round(values, row);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
