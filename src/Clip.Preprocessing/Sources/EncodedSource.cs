using System.Text.Json.Serialization;

namespace Clip.Preprocessing.Sources;

/// <summary>An image as the bytes of an image file.</summary>
[JsonConverter(typeof(ImageSourceConverter))]
internal sealed class EncodedSource(ReadOnlyMemory<byte> encoded, string name) : ImageSource(name)
{
    public override string GetContentKey() => ContentKey.OfBytes("encoded", encoded.Span);

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(encoded.Span, pixels, out var resolution, Name, cancellationToken);
        return resolution;
    }
}
