using Clip.Preprocessing;

namespace Clip;

/// <summary>An image as pixels in memory.</summary>
internal sealed class PixelImage(ReadOnlyMemory<byte> pixels, int width, int height, PixelFormat format, int stride, string name)
    : ImageSource(name)
{
    public PixelView View => new(pixels.Span, width, height, stride, format);

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(View, pixels);
        return preprocessor.Transform.FindResolution(width, height);
    }
}
