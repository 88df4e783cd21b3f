using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Lets a preprocessor take ImageSharp's images.</summary>
public static class ImageSharpExtensions
{
    /// <summary>Takes a decoded image; its pixels are read in place where they lie in one piece.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">The image; it stays as it is.</param>
    /// <param name="pixels">Space for <see cref="ImagePreprocessor.Length"/> elements, [3, height, width].</param>
    /// <exception cref="ArgumentException">The room is not of that length.</exception>
    public static void Preprocess(this ImagePreprocessor preprocessor, Image<Rgb24> image, Span<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        ArgumentNullException.ThrowIfNull(image);
        if (image.DangerousTryGetSinglePixelMemory(out var memory))
        {
            preprocessor.Preprocess(View(MemoryMarshal.AsBytes(memory.Span), image), pixels);
            return;
        }
        var copy = ArrayPool<Rgb24>.Shared.Rent(image.Width * image.Height);
        try
        {
            var used = copy.AsSpan(0, image.Width * image.Height);
            image.CopyPixelDataTo(used);
            preprocessor.Preprocess(View(MemoryMarshal.AsBytes(used), image), pixels);
        }
        finally
        {
            ArrayPool<Rgb24>.Shared.Return(copy);
        }
    }

    private static PixelView View(ReadOnlySpan<byte> bytes, Image<Rgb24> image) =>
        new(bytes, image.Width, image.Height, 3 * image.Width);
}
