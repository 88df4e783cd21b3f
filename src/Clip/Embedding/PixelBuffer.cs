using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Preprocessing;
using Clip.Shared;

namespace Clip.Embedding;

/// <summary>Space for the pixels of some images.</summary>
/// <param name="memory">Where it comes from.</param>
/// <param name="pixels">The room, [N, 3, H, W] on the CPU; [N, L] where images take sizes of their own.</param>
/// <param name="buffer">The buffer it is the beginning of, to be given back; null where it is memory of its own.</param>
internal sealed class PixelBuffer(PixelMemory memory, Tensor pixels, Tensor? buffer) : IDisposable
{
    private Tensor? _buffer = buffer;

    /// <summary>The pixels [N, 3, H, W], or [N, L] where images take sizes of their own.</summary>
    public Tensor Pixels => pixels;

    /// <summary>Writes the pixels of an image, or zeros where that fails.</summary>
    /// <param name="row">Which image.</param>
    /// <param name="source">Its source.</param>
    /// <param name="cancellationToken">Ends the wait for memory to decode in.</param>
    /// <returns>The image's size.</returns>
    /// <exception cref="ImageDecodingException">The image cannot be read.</exception>
    public Resolution Write(int row, ImageSource source, CancellationToken cancellationToken = default)
    {
        var bytes = TensorRows.Get<byte>(pixels, row);
        try
        {
            return Write(source, bytes, cancellationToken);
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

    private Resolution Write(ImageSource source, Span<byte> row, CancellationToken cancellationToken) => pixels.dtype switch
    {
        ScalarType.Float32 => source.Preprocess(memory.Preprocessor, MemoryMarshal.Cast<byte, float>(row), cancellationToken),
        ScalarType.Float16 => Round(source, MemoryMarshal.Cast<byte, Half>(row), TensorPrimitives.ConvertToHalf, cancellationToken),
        ScalarType.BFloat16 => Round(source, MemoryMarshal.Cast<byte, ushort>(row), BFloat16Rounding.Round, cancellationToken),
        _ => throw new InvalidOperationException($"Pixels are not stored in {pixels.dtype}."),
    };

    private Resolution Round<T>(ImageSource source, Span<T> row, Rounding<T> round, CancellationToken cancellationToken)
    {
        var rented = ArrayPool<float>.Shared.Rent(row.Length);
        try
        {
            var values = rented.AsSpan(0, row.Length);
            var resolution = source.Preprocess(memory.Preprocessor, values, cancellationToken);
            var count = 3 * resolution.Pixels;
            round(values[..count], row[..count]);
            return resolution;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
