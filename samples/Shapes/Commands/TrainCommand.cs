using System.Diagnostics;
using System.Globalization;
using Clip.Models;
using Clip.Training;
using Shapes.Evaluation;
using Shapes.Training;
using Shapes.World;
using Training.Shared;

namespace Shapes.Commands;

/// <summary>Learns the vocabulary, trains the model and writes it.</summary>
internal static class TrainCommand
{
    // Enough to see where a run is going.
    private const int ValidationImages = 500;

    private static readonly Curve[] Curves =
    [
        Curve.Loss,
        new("seen pairs", "#1f77b4", "zero-shot top-1, seen pairs (right)"),
        new("unseen pairs", "#d62728", "zero-shot top-1, unseen pairs (right)"),
    ];

    public static void Run(string folder, string workFolder, Recipe recipe, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(workFolder);
        var clock = Stopwatch.StartNew();
        var tokenizer = ModelFolder.CreateTokenizer(folder);
        var factory = new PairFactory(tokenizer);

        manual_seed(recipe.Seed);
        using var network = new DualEncoder(Recipe.Model(tokenizer.VocabularySize));
        Console.WriteLine($"{tokenizer.VocabularySize} tokens, {network.parameters().Sum(parameter => parameter.numel()) / 1e6:F2} M weights, {recipe.Steps} steps of {recipe.BatchSize} pairs");

        var logPath = Path.Combine(workFolder, "curves.csv");
        var before = 0;
        foreach (var phase in recipe.Phases)
        {
            Train(network, factory, recipe, phase, workFolder, logPath, before, cancellationToken);
            before += phase.Steps;
        }
        ModelFolder.Write(folder, network);
        File.WriteAllText(Path.Combine(folder, "training.svg"), TrainingChart.Draw(RunLog.Read(logPath), Curves));
        Console.WriteLine($"{folder} written after {clock.Elapsed.TotalMinutes:F1} minutes");
    }

    private static void Train(
        DualEncoder network, PairFactory factory, Recipe recipe, Phase phase, string workFolder, string logPath, int stepsBefore, CancellationToken cancellationToken)
    {
        RunLog? log = null;
        Trainer? current = null;
        using var trainer = current = new Trainer(network, recipe.Options(phase, workFolder))
        {
            Evaluate = (model, _) => Validate(model, factory, log!, stepsBefore + current!.CompletedSteps),
        };
        if (trainer.TryResume())
            Console.WriteLine($"{phase.Name}: resumed after step {trainer.CompletedSteps} of {phase.Steps}");
        if (trainer.CompletedSteps == phase.Steps)
            return;
        log = new RunLog(logPath, stepsBefore, trainer.CompletedSteps, recipe.Steps);

        using var pairs = new ShapePairs(recipe.World(phase), factory);
        trainer.Run(pairs, log, cancellationToken);
    }

    private static Dictionary<string, double> Validate(DualEncoder network, PairFactory factory, RunLog log, long step)
    {
        var seen = ZeroShot.Measure(network, factory, Recipe.ValidationSeed, Combinations.Seen, ValidationImages);
        var unseen = ZeroShot.Measure(network, factory, Recipe.ValidationSeed, Combinations.Unseen, ValidationImages);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {step,5}  zero-shot: seen pairs {seen.Both:P1}, unseen pairs {unseen.Both:P1} (color {unseen.Color:P1}, shape {unseen.Shape:P1})"));
        log.Add(step, "seen pairs", seen.Both);
        log.Add(step, "unseen pairs", unseen.Both);
        return new Dictionary<string, double> { ["zero-shot/seen"] = seen.Both, ["zero-shot/unseen"] = unseen.Both };
    }
}
