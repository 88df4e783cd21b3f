using Clip;
using Shapes.Evaluation;
using Shapes.Training;
using Shapes.World;

namespace Shapes.Commands;

/// <summary>Measures a model beside chance and beside a linear classifier on raw pixels.</summary>
internal static class EvaluateCommand
{
    private const int Images = 2000;
    private const int RetrievalPairs = 1000;
    private const int TwoShapesImages = 500;
    private const int BaselineImages = 20_000;

    public static void Run(string folder)
    {
        using var model = ModelFolder.Load(folder);
        model.Network.eval();
        var factory = new PairFactory(model.Tokenizer);
        (long Seed, IReadOnlyList<(ShapeColor, ShapeKind)> Pairs)[] sets = [(Recipe.TestSeed, Combinations.Unseen), (Recipe.TestSeed, Combinations.Seen)];
        var zeroShot = sets.Select(set => ZeroShot.Measure(model.Network, factory, set.Seed, set.Pairs, Images)).ToList();

        Console.WriteLine($"Top-1 of {Images} images among all {Combinations.All.Count} pairs of color and shape");
        Console.WriteLine("                                          both    color    shape");
        Print("unseen pairs, zero-shot", zeroShot[0]);
        Print("seen pairs, zero-shot", zeroShot[1]);
        var linear = PixelClassifier.Measure(factory, BaselineImages, sets, Images);
        Print("unseen pairs, linear on raw pixels", linear[0]);
        Print("seen pairs, linear on raw pixels", linear[1]);
        Print("chance", new ZeroShot(1.0 / Combinations.All.Count, 1.0 / Combinations.Colors.Count, 1.0 / Combinations.Shapes.Count));

        var samples = Retrieval.HeldOut(RetrievalPairs);
        Console.WriteLine();
        Console.WriteLine($"Text-to-image retrieval among {RetrievalPairs} held-out pairs");
        Console.WriteLine("                                      recall@1 recall@5");
        Print("model", Retrieval.Measure(model.Network, factory, samples));
        Print("best possible: captions may fit several", Retrieval.Best(samples));
        Print("chance", new Retrieval(1.0 / RetrievalPairs, 5.0 / RetrievalPairs));

        using var clip = ClipModel.Load(folder, new ClipModelOptions { Device = "cpu" });
        Console.WriteLine();
        Console.WriteLine($"Maps of relevance to one of two shapes, {TwoShapesImages} images");
        Console.WriteLine("                                      on named     mass pointing segmented");
        foreach (var blocks in (int[])[1, 2, 3])
            Print($"dense, {blocks} local block{(blocks == 1 ? "" : "s")}", Localization.Measure(clip, Recipe.TestSeed, TwoShapesImages, new() { LocalBlocks = blocks }));
        Print("occlusion", Localization.Measure(clip, Recipe.TestSeed, TwoShapesImages, new() { Method = ExplanationMethod.Occlusion }));
    }

    private static void Print(string name, ZeroShot score) => Console.WriteLine($"{name,-39} {score.Both,8:P1} {score.Color,8:P1} {score.Shape,8:P1}");

    private static void Print(string name, Localization score) =>
        Console.WriteLine($"{name,-39} {score.OnNamed,7:P1} {score.Mass,8:P1} {score.Pointing,8:P1} {score.Segmented,8:P1}");

    private static void Print(string name, Retrieval score) => Console.WriteLine($"{name,-39} {score.RecallAt1,8:P1} {score.RecallAt5,8:P1}");
}
