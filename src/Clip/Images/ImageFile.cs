using Clip.Preprocessing;

namespace Clip;

/// <summary>An image in a file.</summary>
internal sealed class ImageFile(string path) : ImageSource(path)
{
    internal override void Preprocess(ImagePreprocessor preprocessor, Span<float> pixels, CancellationToken cancellationToken) =>
        preprocessor.Preprocess(Name, pixels, cancellationToken);
}
