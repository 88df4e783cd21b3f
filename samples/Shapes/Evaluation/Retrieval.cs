using Clip.Models;
using Shapes.Training;
using Shapes.World;

namespace Shapes.Evaluation;

/// <summary>How often the image of a caption is the nearest one, or among the five nearest, of all images.</summary>
/// <param name="RecallAt1">Share of captions whose image is the nearest.</param>
/// <param name="RecallAt5">Share of captions whose image is among the five nearest.</param>
internal readonly record struct Retrieval(double RecallAt1, double RecallAt5)
{
    private const int ImagesAtOnce = 250;

    /// <summary>Looks for the images of captions.</summary>
    public static Retrieval Measure(DualEncoder network, PairFactory factory, IReadOnlyList<Sample> samples)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = cat([.. samples.Chunk(ImagesAtOnce).Select(chunk =>
            network.EncodeImages(factory.Paint([.. chunk.Select(sample => sample.Scene)]), normalize: true))]);
        var texts = network.EncodeTexts(factory.Tokenize([.. samples.Select(sample => sample.Caption.Text)]), normalize: true);
        var similarities = texts.matmul(images.t());                                                     // [texts, images]
        var nearer = (similarities > similarities.diagonal().unsqueeze(1)).sum(1).data<long>().ToArray();
        return new Retrieval(nearer.Average(count => count < 1 ? 1.0 : 0), nearer.Average(count => count < 5 ? 1.0 : 0));
    }

    /// <summary>What one could reach who reads every caption rightly: a caption that is true of several images cannot tell them apart.</summary>
    public static Retrieval Best(IReadOnlyList<Sample> samples)
    {
        var fitting = samples.Select(sample => samples.Count(other => sample.Caption.Fits(sample.Scene, other.Scene))).ToList();
        return new Retrieval(fitting.Average(count => 1.0 / count), fitting.Average(count => Math.Min(1, 5.0 / count)));
    }

    /// <summary>The pairs to measure with, of all colors and shapes.</summary>
    public static IReadOnlyList<Sample> HeldOut(int count)
    {
        var world = new ShapeWorld(Recipe.RetrievalSeed, Combinations.All);
        return [.. Enumerable.Range(0, count).Select(index => world[index])];
    }
}
