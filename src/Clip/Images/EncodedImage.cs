using Clip.Preprocessing;

namespace Clip;

/// <summary>An image as the bytes of an image file.</summary>
internal sealed class EncodedImage(ReadOnlyMemory<byte> encoded, string name) : ImageSource(name)
{
    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(encoded.Span, pixels, out var resolution, Name, cancellationToken);
        return resolution;
    }
}
