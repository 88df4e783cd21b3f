using System.Runtime.InteropServices;
using Clip.Preprocessing;
using Clip.Training.Data;
using Emoji.Training;

namespace Emoji.Evaluation;

/// <summary>The images of a style as the image tower takes them.</summary>
internal sealed class StyleImages : IDisposable
{
    /// <summary>Reads the images of a list.</summary>
    public StyleImages(IReadOnlyList<CaptionedImage> list)
    {
        Codes = [.. list.Select(image => Path.GetFileNameWithoutExtension(image.Path))];
        Pixels = empty([list.Count, 3, Recipe.Resolution, Recipe.Resolution], ScalarType.Float32).DetachFromDisposeScope();
        var preprocessor = new ImagePreprocessor(Recipe.Preprocessing);
        var pixels = MemoryMarshal.Cast<byte, float>(Pixels.bytes);
        for (var i = 0; i < list.Count; i++)
            preprocessor.Preprocess(list[i].Path, pixels.Slice(i * preprocessor.Length, preprocessor.Length));
    }

    /// <summary>The emoji, in the order of the rows.</summary>
    public IReadOnlyList<string> Codes { get; }

    /// <summary>Normalized pixels, float32 [N, 3, H, W].</summary>
    public Tensor Pixels { get; }

    public void Dispose() => Pixels.Dispose();
}
