using System.Globalization;
using Clip.Models;
using Clip.Tokenization;
using Emoji.Datasets;
using Emoji.Evaluation;
using Emoji.Icons;
using Emoji.Rendering;
using Emoji.Training.Captions;
using Emoji.Training.Images;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Training;

/// <summary>A run of the recipe in a work folder, whose parts go on where they were stopped.</summary>
internal sealed class TrainingRun(DualEncoder network, ClipTokenizer tokenizer, Catalog catalog, Workspace workspace, Recipe recipe)
{
    /// <summary>The file of the run's curves.</summary>
    public string Curves { get; } = workspace["curves.csv"];

    /// <summary>Trains the image tower, or reads it where that has been done.</summary>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>A unit vector for each emoji [M, E].</returns>
    public Tensor TrainImages(CancellationToken cancellationToken)
    {
        using var training = new ImageTraining(network, catalog.Codes.Count, recipe.Images, recipe.Workers, State("images"));
        if (training.CompletedSteps == recipe.Images.Steps)
            return training.Finish();
        var drawn = new RestyledImages(workspace["restyled"]).Open(workspace.Packages, workspace.Images, catalog, Console.WriteLine, cancellationToken);
        var lists = new StyleList(workspace["lists"]);
        var unseen = Styles.Unseen.Select(style => (style, images: new StyleImages(lists.Open(style, workspace.Images, catalog)))).ToList();
        var log = NewLog(0, training.CompletedSteps, recipe.Images);
        training.Run(drawn, log.Report, (step, table) => Validate(unseen, table, log, step), cancellationToken);
        unseen.ForEach(style => style.images.Dispose());
        return training.Finish();
    }

    /// <summary>Trains the text tower, or reads it where that has been done.</summary>
    /// <param name="table">What <see cref="TrainImages"/> gave.</param>
    /// <param name="captions">Writes captions.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public void TrainCaptions(Tensor table, CaptionWriter captions, CancellationToken cancellationToken)
    {
        using var training = new CaptionTraining(network, table, recipe.Captions, State("captions"));
        training.Run(tokenizer, catalog, captions, NewLog(recipe.Images.Steps, training.CompletedSteps, recipe.Captions).Report, cancellationToken);
    }

    private string State(string part) => workspace[Path.Combine("checkpoints", $"{part}.safetensors")];

    private LossLog NewLog(int stepsBefore, int completedSteps, PartOfRecipe part) =>
        new(new RunLog(Curves, stepsBefore, completedSteps, recipe.Images.Steps + recipe.Captions.Steps), part);

    private void Validate(List<(string Style, StyleImages Images)> unseen, Tensor table, LossLog log, int step)
    {
        foreach (var (style, images) in unseen)
        {
            using var embedded = Embeddings.OfImages(network, images.Pixels);
            var naming = Naming.Measure(embedded, images.Codes, table, catalog.Codes);
            log.Add(step, style, naming.Top1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step,5}  {style}: top-1 {naming.Top1:P1}, top-5 {naming.Top5:P1}"));
        }
    }
}
