using System.Text.Json.Serialization;

namespace Clip.Preprocessing.Sources;

/// <summary>An image in a file.</summary>
[JsonConverter(typeof(ImageSourceConverter))]
internal sealed class FileSource(string path) : ImageSource(path)
{
    public override string GetContentKey() => ContentKey.OfFile(Name);

    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(Name, pixels, out var resolution, cancellationToken);
        return resolution;
    }
}
