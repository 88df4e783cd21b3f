using Clip.Preprocessing;

namespace Clip;

/// <summary>An image in a stream that is read once.</summary>
internal sealed class ImageStream(Stream stream, string name) : ImageSource(name)
{
    internal override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken)
    {
        preprocessor.Preprocess(stream, pixels, out var resolution, Name, cancellationToken);
        return resolution;
    }
}
