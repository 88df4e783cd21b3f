using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>An image of ImageSharp, of any pixel type.</summary>
internal sealed class ImageSharpSource(Image image, string name) : ImageSource(name)
{
    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        return image switch
        {
            Image<Rgb24> rgb => Preprocess(rgb, PixelFormat.Rgb24, preprocessor, pixels),
            Image<Rgba32> rgba => Preprocess(rgba, PixelFormat.Rgba32, preprocessor, pixels),
            Image<L8> gray => Preprocess(gray, PixelFormat.Gray8, preprocessor, pixels),
            Image<La16> gray => Preprocess(gray, PixelFormat.GrayAlpha16, preprocessor, pixels),
            _ when HasAlpha() => Convert<Rgba32>(PixelFormat.Rgba32, preprocessor, pixels),
            _ => Convert<Rgb24>(PixelFormat.Rgb24, preprocessor, pixels),
        };
    }

    private int Orientation => image.Metadata.ExifProfile?.GetValue(ExifTag.Orientation)?.Value ?? 0;

    private bool HasAlpha()
    {
        var alpha = new AlphaVisitor();
        image.AcceptVisitor(alpha);
        return alpha.HasAlpha;
    }

    private Resolution Convert<TPixel>(PixelFormat format, ImagePreprocessor preprocessor, Span<float> pixels)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var converted = image.CloneAs<TPixel>();
        return Preprocess(converted, format, preprocessor, pixels);
    }

    private Resolution Preprocess<TPixel>(Image<TPixel> typed, PixelFormat format, ImagePreprocessor preprocessor, Span<float> pixels)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (typed.DangerousTryGetSinglePixelMemory(out var memory))
            return Preprocess(memory.Span, format, preprocessor, pixels);

        // A large image lies in several pieces.
        var length = checked(typed.Width * typed.Height);
        var copy = ArrayPool<TPixel>.Shared.Rent(length);
        try
        {
            typed.CopyPixelDataTo(copy.AsSpan(0, length));
            return Preprocess<TPixel>(copy.AsSpan(0, length), format, preprocessor, pixels);
        }
        finally
        {
            ArrayPool<TPixel>.Shared.Return(copy);
        }
    }

    private Resolution Preprocess<TPixel>(ReadOnlySpan<TPixel> content, PixelFormat format, ImagePreprocessor preprocessor, Span<float> pixels)
        where TPixel : unmanaged
    {
        var view = new PixelView(MemoryMarshal.AsBytes(content), image.Width, image.Height, image.Width * format.BytesPerPixel(), format)
        {
            Orientation = Orientation,
        };
        preprocessor.Preprocess(view, pixels, out var resolution);
        return resolution;
    }

    // An image does not say by itself what its pixel type does. One that does not say either may have opacity.
    private sealed class AlphaVisitor : IImageVisitor
    {
        public bool HasAlpha { get; private set; }

        public void Visit<TPixel>(Image<TPixel> visited)
            where TPixel : unmanaged, IPixel<TPixel> =>
            HasAlpha = default(TPixel).CreatePixelOperations().GetPixelTypeInfo().AlphaRepresentation is not PixelAlphaRepresentation.None;
    }
}
