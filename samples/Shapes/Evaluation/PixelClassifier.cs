using Shapes.Training;
using Shapes.World;

namespace Shapes.Evaluation;

/// <summary>A linear classifier on raw pixels, one for colors and one for shapes, trained on the images that the model may see.</summary>
internal static class PixelClassifier
{
    private const int BatchSize = 250;
    private const int Epochs = 20;

    /// <summary>Trains on some images of seen pairs and classifies others.</summary>
    /// <param name="factory">Paints.</param>
    /// <param name="trainingCount">Images to train on.</param>
    /// <param name="tests">What to measure: a seed and the pairs of each set.</param>
    /// <param name="testCount">Images in each set.</param>
    public static IReadOnlyList<ZeroShot> Measure(
        PairFactory factory, int trainingCount, IEnumerable<(long Seed, IReadOnlyList<(ShapeColor, ShapeKind)> Pairs)> tests, int testCount)
    {
        using var scope = NewDisposeScope();
        var training = Scenes(Recipe.BaselineSeed, Combinations.Seen, trainingCount);
        var pixels = factory.Paint(training).flatten(1);                                                 // [N, P]
        var colors = Train(pixels, [.. training.Select(scene => (long)scene.Color)], Combinations.Colors.Count);
        var shapes = Train(pixels, [.. training.Select(scene => (long)scene.Shape)], Combinations.Shapes.Count);

        return [.. tests.Select(test =>
        {
            var scenes = Scenes(test.Seed, test.Pairs, testCount);
            var painted = factory.Paint(scenes).flatten(1);
            var (color, shape) = (Predict(colors, painted), Predict(shapes, painted));
            return ZeroShot.Of([.. scenes.Select((scene, i) => (scene, ((ShapeColor)color[i], (ShapeKind)shape[i])))]);
        })];
    }

    private static List<Scene> Scenes(long seed, IReadOnlyList<(ShapeColor, ShapeKind)> pairs, int count)
    {
        var world = new ShapeWorld(seed, pairs);
        return [.. Enumerable.Range(0, count).Select(index => world[index].Scene)];
    }

    private static nn.Module<Tensor, Tensor> Train(Tensor pixels, long[] labels, int classes)
    {
        manual_seed(0);
        var linear = nn.Linear(pixels.shape[1], classes);
        using var optimizer = optim.Adam(linear.parameters(), lr: 1e-3, weight_decay: 1e-3);
        var targets = tensor(labels);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            for (var first = 0L; first < labels.Length; first += BatchSize)
            {
                using var step = NewDisposeScope();
                var loss = nn.functional.cross_entropy(linear.call(pixels.narrow(0, first, BatchSize)), targets.narrow(0, first, BatchSize));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        return linear;
    }

    private static long[] Predict(nn.Module<Tensor, Tensor> linear, Tensor pixels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return linear.call(pixels).argmax(1).data<long>().ToArray();
    }
}
