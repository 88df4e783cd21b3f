using System.Text.Json.Serialization;

namespace Clip.Preprocessing.Sources;

/// <summary>An image as pixels in memory.</summary>
[JsonConverter(typeof(ImageSourceConverter))]
internal sealed class PixelSource(ReadOnlyMemory<byte> pixels, int width, int height, PixelFormat format, int stride, string name)
    : ImageSource(name)
{
    public PixelView View => new(pixels.Span, width, height, stride, format);

    public override string GetContentKey() => ContentKey.OfBytes($"pixels {width}x{height} {format} {stride}", pixels.Span);

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(View, pixels, out var resolution);
        return resolution;
    }
}
