using System.Text.Json.Serialization;

namespace Clip.Preprocessing.Sources;

/// <summary>An image in a stream that is read once.</summary>
[JsonConverter(typeof(ImageSourceConverter))]
internal sealed class StreamSource(Stream stream, string name) : ImageSource(name)
{
    public override bool CanBeReadAgain => false;

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(stream, pixels, out var resolution, Name, cancellationToken);
        return resolution;
    }
}
