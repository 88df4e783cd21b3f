using Clip.Preprocessing;

namespace Clip;

/// <summary>An image as pixels in memory.</summary>
internal sealed class PixelImage(ReadOnlyMemory<byte> pixels, int width, int height, PixelFormat format, int stride, string name)
    : ImageSource(name)
{
    public PixelView View => new(pixels.Span, width, height, stride, format);

    internal override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken)
    {
        preprocessor.Preprocess(View, pixels);
        return preprocessor.Transform.FindResolution(width, height);
    }
}
