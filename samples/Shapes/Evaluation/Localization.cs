using Clip;
using Clip.Preprocessing;
using Clip.ZeroShot;
using Shapes.Training;
using Shapes.World;

namespace Shapes.Evaluation;

/// <summary>Whether maps of relevance lie on the shape that a text names, in images of two.</summary>
/// <param name="OnNamed">Share of images whose map has more of its mass on the named shape than on the other.</param>
/// <param name="Mass">Mean share of the mass on both shapes that lies on the named one.</param>
/// <param name="Pointing">Share of images whose highest place lies on the named shape: the pointing game of Zhang et al. 2016.</param>
/// <param name="Segmented">Share of the pixels on shapes that segmentation gives to their own shape, of the two.</param>
internal readonly record struct Localization(double OnNamed, double Mass, double Pointing, double Segmented)
{
    private const int Side = Recipe.Resolution;

    /// <summary>Measures maps of the shape on the left, which is named by its color and shape.</summary>
    /// <param name="clip">The model.</param>
    /// <param name="seed">Decides the images.</param>
    /// <param name="count">How many.</param>
    /// <param name="options">How maps are found.</param>
    public static Localization Measure(ClipModel clip, long seed, int count, ExplanationOptions options)
    {
        using var painter = new ScenePainter(Side);
        var (onNamed, mass, pointing, right, pixels) = (0, 0.0, 0, 0L, 0L);
        foreach (var scene in TwoShapes.Of(new ShapeWorld(seed, Combinations.Seen), seed).Take(count))
        {
            var image = ImageSource.FromPixels(scene.Paint(painter, Side), Side, Side, PixelFormat.Rgba32);
            string[] texts = [Name(scene.Left), Name(scene.Right)];
            var map = clip.Explain(image, texts, options)[0].Resize(Side, Side);
            var (named, other) = (MassOn(scene.Left, map), MassOn(scene.Right, map));
            onNamed += named > other ? 1 : 0;
            mass += named / (named + other);
            pointing += Covers(scene.Left, Array.IndexOf(map, map.Max())) ? 1 : 0;

            using var classifier = new ZeroShotClassifier(clip, texts, PromptTemplates.None);
            var labels = classifier.Segment(image, options.LocalBlocks).Resize(Side, Side);
            right += Places.Count(place => (labels[place] == 0 && Covers(scene.Left, place)) || (labels[place] == 1 && Covers(scene.Right, place)));
            pixels += Places.Count(place => Covers(scene.Left, place) || Covers(scene.Right, place));
        }
        return new(onNamed / (double)count, mass / count, pointing / (double)count, right / (double)pixels);
    }

    private static IEnumerable<int> Places => Enumerable.Range(0, Side * Side);

    private static string Name(Scene scene)
    {
        var name = $"{Words.Of(scene.Color)} {Words.Of(scene.Shape)}";
        return name[0] == 'o' ? $"an {name}" : $"a {name}";
    }

    // What is above the map's least.
    private static double MassOn(Scene scene, float[] map)
    {
        var least = map.Min();
        return Places.Where(place => Covers(scene, place)).Sum(place => map[place] - (double)least);
    }

    private static bool Covers(Scene scene, int place) => TwoShapes.Covers(scene, (place % Side + 0.5) / Side, (place / Side + 0.5) / Side);
}
