using System.Diagnostics;
using Clip.Models;
using Emoji.Icons;
using Emoji.Training;
using Emoji.Training.Captions;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Commands;

/// <summary>Fetches, renders, learns the vocabulary, trains the model and writes it; goes on where it was stopped.</summary>
internal static class TrainCommand
{
    private static readonly Curve[] Curves =
    [
        Curve.Loss,
        .. Styles.Unseen.Zip((string[])["#d62728", "#1f77b4"], (style, color) => new Curve(style, color, $"top-1 among all names, {style} (right)")),
    ];

    /// <summary>Does all of it.</summary>
    /// <param name="folder">Folder of the model.</param>
    /// <param name="workspace">The work folder.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cancellationToken">Stops it between steps.</param>
    public static async Task RunAsync(string folder, Workspace workspace, Recipe recipe, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        // Workers compute beside each other, not each with all cores.
        set_num_threads(1);
        var catalog = await workspace.PrepareAsync(cancellationToken);
        var captions = new CaptionWriter(catalog, new HeldOutKeywords(catalog));
        var tokenizer = Vocabulary.Create(folder, captions);

        manual_seed(recipe.Seed);
        using var network = new DualEncoder(Recipe.Model(tokenizer.VocabularySize));
        Console.WriteLine($"{tokenizer.VocabularySize} tokens, {network.parameters().Sum(parameter => parameter.numel()) / 1e6:F2} M weights");
        var run = new TrainingRun(network, tokenizer, catalog, workspace, recipe);
        using var table = run.TrainImages(cancellationToken);
        run.TrainCaptions(table, captions, cancellationToken);
        ModelFiles.Write(folder, network, Recipe.Preprocessing);
        File.WriteAllText(Path.Combine(folder, "training.svg"), TrainingChart.Draw(RunLog.Read(run.Curves), Curves));
        Console.WriteLine($"{folder} written after {clock.Elapsed.TotalMinutes:F1} minutes, {Process.GetCurrentProcess().TotalProcessorTime.TotalMinutes:F1} of processors");
    }
}
