using Clip.Preprocessing;

namespace Clip;

/// <summary>An image in a file.</summary>
internal sealed class ImageFile(string path) : ImageSource(path)
{
    public override Resolution Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Preprocess(Name, pixels, out var resolution, cancellationToken);
        return resolution;
    }
}
