using Clip.Models;
using Shapes.Training;
using Shapes.World;

namespace Shapes.Evaluation;

/// <summary>How often the prompt of an image's own color and shape is the nearest of all.</summary>
/// <param name="Both">Share of images with the right color and the right shape.</param>
/// <param name="Color">Share with the right color.</param>
/// <param name="Shape">Share with the right shape.</param>
internal readonly record struct ZeroShot(double Both, double Color, double Shape)
{
    private const int ImagesAtOnce = 250;

    /// <summary>Classifies images of some pairs among all hundred.</summary>
    public static ZeroShot Measure(DualEncoder network, PairFactory factory, long seed, IReadOnlyList<(ShapeColor, ShapeKind)> pairs, int count)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var classes = stack(Prompts.OfAllPairs.Select(prompts =>
            network.EncodeTexts(factory.Tokenize(prompts), normalize: true).mean([0])));                 // [100, E]
        var world = new ShapeWorld(seed, pairs);
        var scenes = Enumerable.Range(0, count).Select(index => world[index].Scene).ToList();
        var predicted = scenes.Chunk(ImagesAtOnce).SelectMany(chunk =>
            network.GetLogits(network.EncodeImages(factory.Paint(chunk)), classes).argmax(1).data<long>().ToArray()).ToList();
        return Of([.. scenes.Zip(predicted, (scene, index) => (scene, Combinations.All[(int)index]))]);
    }

    /// <summary>Counts what is right.</summary>
    public static ZeroShot Of(IReadOnlyList<(Scene Scene, (ShapeColor Color, ShapeKind Shape) Predicted)> answers) => new(
        answers.Average(answer => answer.Scene.Color == answer.Predicted.Color && answer.Scene.Shape == answer.Predicted.Shape ? 1.0 : 0),
        answers.Average(answer => answer.Scene.Color == answer.Predicted.Color ? 1.0 : 0),
        answers.Average(answer => answer.Scene.Shape == answer.Predicted.Shape ? 1.0 : 0));
}
