using System.Globalization;
using Clip.Models;
using Clip.Tokenization;
using Clip.Training;
using Clip.Training.Checkpoints;
using Clip.Training.Data;
using Emoji.Datasets;
using Emoji.Evaluation;
using Emoji.Icons;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Training;

/// <summary>A run of the recipe in a work folder, whose phases go on where they were stopped.</summary>
internal sealed class TrainingRun(DualEncoder network, ClipTokenizer tokenizer, Catalog catalog, CaptionWriter captions, Workspace workspace, Recipe recipe)
{
    private readonly StyleList _lists = new(workspace["lists"]);
    private int _stepsBefore;

    /// <summary>The file of the run's curves.</summary>
    public string Curves { get; } = workspace["curves.csv"];

    /// <summary>The folder of the model with averaged weights after the phases so far.</summary>
    public string AverageFolder { get; private set; } = "";

    /// <summary>Whether there is a checkpoint of a phase.</summary>
    public bool HasBegun(Phase phase) => TrainingCheckpoint.FindLatest(Checkpoints(phase)) is not null;

    /// <summary>Trains the next phase, or reads its weights where that has been done.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="finish">Whether its newest checkpoint is taken for its last.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public void Train(Phase phase, bool finish, CancellationToken cancellationToken)
    {
        var shards = new TrainingShards(workspace[Path.Combine("shards", phase.Name)], phase, recipe.BatchSize);
        shards.Write(workspace.Images, catalog, captions, Console.WriteLine, cancellationToken);
        var checkpoints = Checkpoints(phase);
        var unseen = Styles.Unseen.Select(style => (style, images: new StyleImages(_lists.Open(style, workspace.Images, catalog)))).ToList();
        RunLog? log = null;
        Trainer? current = null;
        using var trainer = current = new Trainer(network, recipe.Options(phase, checkpoints))
        {
            Evaluate = (model, _) => Validate(model, unseen, log!, _stepsBefore + current!.CompletedSteps),
        };
        if (trainer.TryResume())
            Console.WriteLine($"{phase.Name}: resumed after step {trainer.CompletedSteps} of {phase.Steps}");
        if (trainer.CompletedSteps < phase.Steps && !finish)
        {
            log = new RunLog(Curves, _stepsBefore, trainer.CompletedSteps, recipe.Steps);
            using var pairs = new WebDataset([new ShardSet(shards.Pattern)], recipe.Reading(tokenizer), new WebDatasetOptions { ShuffleBuffer = 0 });
            trainer.Run(pairs, log, cancellationToken);
        }
        unseen.ForEach(style => style.images.Dispose());
        _stepsBefore += phase.Steps;
        AverageFolder = Path.Combine(TrainingCheckpoint.FindLatest(checkpoints)!.Path, TrainingCheckpoint.AverageFolder);
    }

    private string Checkpoints(Phase phase) => workspace[Path.Combine("checkpoints", phase.Name)];

    private Dictionary<string, double> Validate(DualEncoder model, List<(string Style, StyleImages Images)> unseen, RunLog log, long step)
    {
        using var scope = NewDisposeScope();
        var names = Embeddings.OfTexts(model, tokenizer, catalog.In("en").Select(description => description.Name));
        var metrics = new Dictionary<string, double>();
        foreach (var (style, images) in unseen)
        {
            var naming = Naming.Measure(Embeddings.OfImages(model, images.Pixels), images.Codes, names, catalog.Codes);
            log.Add(step, style, naming.Top1);
            metrics[$"top-1/{style}"] = naming.Top1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step,5}  {style}: top-1 {naming.Top1:P1}, top-5 {naming.Top5:P1}"));
        }
        return metrics;
    }
}
