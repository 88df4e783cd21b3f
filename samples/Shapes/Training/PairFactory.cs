using System.Runtime.InteropServices;
using Clip.Preprocessing;
using Clip.Tokenization;
using Shapes.World;
using Training.Shared;

namespace Shapes.Training;

/// <summary>Makes tensors of scenes and texts, as the model expects them.</summary>
internal sealed class PairFactory(ClipTokenizer tokenizer)
{
    private readonly ImageTransform _transform = new(Recipe.Preprocessing);

    /// <summary>Paints scenes.</summary>
    /// <returns>Normalized pixels [N, 3, H, W].</returns>
    public Tensor Paint(IReadOnlyList<Scene> scenes)
    {
        var images = empty([scenes.Count, 3, Recipe.Resolution, Recipe.Resolution], ScalarType.Float32);
        var pixels = MemoryMarshal.Cast<byte, float>(images.bytes);
        using var painter = new ScenePainter(Recipe.Resolution);
        for (var i = 0; i < scenes.Count; i++)
        {
            var view = new PixelView(painter.Paint(scenes[i]), Recipe.Resolution, Recipe.Resolution, 4 * Recipe.Resolution, PixelFormat.Rgba32);
            _transform.Apply(view, pixels.Slice(i * _transform.Length, _transform.Length));
        }
        return images;
    }

    /// <summary>Tokenizes texts.</summary>
    /// <returns>Token ids [N, L], where L is the length of the longest: a causal tower sees nothing behind the end token.</returns>
    public Tensor Tokenize(IReadOnlyList<string> texts) => TokenRows.Of(tokenizer, texts);
}
