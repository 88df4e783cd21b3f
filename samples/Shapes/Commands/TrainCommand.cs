using System.Diagnostics;
using System.Globalization;
using Clip.Models;
using Clip.Training;
using Shapes.Evaluation;
using Shapes.Training;
using Shapes.World;

namespace Shapes.Commands;

/// <summary>Learns the vocabulary, trains the model and writes it.</summary>
internal static class TrainCommand
{
    // Enough to see where a run is going.
    private const int ValidationPictures = 500;

    public static void Run(string folder, string workFolder, Recipe recipe, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(workFolder);
        var clock = Stopwatch.StartNew();
        var tokenizer = ModelFolder.CreateTokenizer(folder);
        var factory = new PairFactory(tokenizer);

        manual_seed(recipe.Seed);
        using var network = new DualEncoder(Recipe.Model(tokenizer.VocabularySize));
        Console.WriteLine($"{tokenizer.VocabularySize} tokens, {network.parameters().Sum(parameter => parameter.numel()) / 1e6:F2} M weights, {recipe.Steps} steps of {recipe.BatchSize} pairs");

        RunLog? log = null;
        Trainer? current = null;
        using var trainer = current = new Trainer(network, recipe.Options(workFolder))
        {
            Evaluate = (model, _) => Validate(model, factory, log!, current!.CompletedSteps),
        };
        if (trainer.TryResume())
            Console.WriteLine($"resumed after step {trainer.CompletedSteps}");
        var logPath = Path.Combine(workFolder, "curves.csv");
        log = new RunLog(logPath, trainer.CompletedSteps);

        using var pairs = new ShapePairs(recipe.TrainingWorld, factory);
        trainer.Run(pairs, log, cancellationToken);
        ModelFolder.Write(folder, network);
        File.WriteAllText(Path.Combine(folder, "training.svg"), TrainingChart.Draw(RunLog.Read(logPath)));
        Console.WriteLine($"{folder} written after {clock.Elapsed.TotalMinutes:F1} minutes");
    }

    private static Dictionary<string, double> Validate(DualEncoder network, PairFactory factory, RunLog log, long step)
    {
        var seen = ZeroShot.Measure(network, factory, Recipe.ValidationSeed, Combinations.Seen, ValidationPictures);
        var unseen = ZeroShot.Measure(network, factory, Recipe.ValidationSeed, Combinations.Unseen, ValidationPictures);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {step,5}  zero-shot: seen pairs {seen.Both:P1}, unseen pairs {unseen.Both:P1} (color {unseen.Color:P1}, shape {unseen.Shape:P1})"));
        log.Add(step, "seen pairs", seen.Both);
        log.Add(step, "unseen pairs", unseen.Both);
        return new Dictionary<string, double> { ["zero-shot/seen"] = seen.Both, ["zero-shot/unseen"] = unseen.Both };
    }
}
