using System.CommandLine;
using System.Globalization;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Cli.Search;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Training.Data;
using Clip.ZeroShot;
using Clip.ZeroShot.Evaluation;

namespace Clip.Cli.Commands;

/// <summary>How good a model is: at naming images, or at finding a caption's image.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly Option<string?> _folder = Values.Text("--images", "A folder with a folder for each label: label/image.jpg.", "FOLDER");

    private readonly Option<string?> _list = Values.Text("--list", "A list of path, tab, label on each line; needs --labels. Instead of --images.", "FILE");

    private readonly Option<string?> _pairs = Values.Text("--pairs", "A list of images with captions (.csv, .tsv, .jsonl, .parquet): measures retrieval instead.", "FILE");

    private readonly CaptionListOptions _pairList = new(forShards: false);

    private readonly LabelOptions _labels = new(required: false);

    public EvaluateCommand(ToolConsole console)
        : base("evaluate", "Measure a model: zero-shot accuracy over labelled images, or retrieval over images with captions.", console)
    {
        _model.AddTo(this, [_folder, _list, _pairs, .. _pairList.All, .. _labels.All]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip evaluate --model ViT-B/32 --images cifar10/test --templates simple",
        "clip evaluate --model ViT-B/32 --list val.tsv --labels @classes.txt --templates imagenet",
        "clip evaluate --model ViT-B/32 --pairs flickr30k.csv --json",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var labels = await _labels.ReadLabelsAsync(invocation);
        if (invocation.Get(_pairs) is null && _pairList.All.FirstOrDefault(invocation.IsGiven) is { } unused)
            throw new UsageException($"{unused.Name} is for --pairs.");
        switch (invocation.Get(_folder), invocation.Get(_list), invocation.Get(_pairs))
        {
            case ({ } folder, null, null):
                if (!Directory.Exists(folder))
                    throw new FailureException($"There is no folder '{folder}'.");
                return await ClassifyAsync(invocation, LabelledImages.FromFolder(folder, labels));
            case (null, { } list, null):
                return await ClassifyAsync(invocation, ReadList(list, labels ?? throw new UsageException("--list needs --labels.")));
            case (null, null, { } pairs):
                return await RetrieveAsync(invocation, pairs);
            default:
                throw new UsageException("Give one of --images, --list and --pairs.");
        }
    }

    private static LabelledImages ReadList(string path, IReadOnlyList<string> labels)
    {
        try
        {
            return LabelledImages.FromList(path, labels);
        }
        catch (FormatException e)
        {
            throw new FailureException(e.Message, e);
        }
    }

    private async Task<List<CaptionedImage>> ReadPairsAsync(Invocation invocation, string path)
    {
        if (!CaptionList.Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            throw new UsageException($"--pairs must end in {string.Join(", ", CaptionList.Endings)}, but is '{path}'.");
        var columns = _pairList.Read(invocation);
        return [.. await Task.Run(() => CaptionList.Read(path, columns, invocation.Cancelled), invocation.Cancelled)];
    }

    private static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    private async Task<int> ClassifyAsync(Invocation invocation, LabelledImages images)
    {
        foreach (var (folder, error) in images.UnreadableFolders)
            invocation.Unreadable.Add(folder, error);
        var templates = await _labels.ReadTemplatesAsync(invocation);
        using var clip = await _model.LoadAsync(invocation, Towers.Both);
        using var classifier = await Task.Run(() => new ZeroShotClassifier(clip, images.ClassNames, templates, cancellationToken: invocation.Cancelled), invocation.Cancelled);
        var report = await ProgressDisplay.RunAsync(invocation.Console, "Classifying", progress =>
            classifier.EvaluateAsync(images.Images, progress: new Bar(progress), cancellationToken: invocation.Cancelled));

        foreach (var error in report.Unreadable)
            invocation.Console.Report(error.Message);
        var metrics = report.Metrics;
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["task"] = "classification",
                ["images"] = metrics.Count,
                ["classes"] = metrics.ClassCount,
                ["top1"] = metrics.Top1,
                ["top5"] = metrics.Top5,
                ["meanPerClassRecall"] = metrics.MeanPerClassRecall,
                ["perClass"] = images.ClassNames.Select((name, label) => new JsonFields
                {
                    ["label"] = name,
                    ["images"] = metrics.ExamplesPerClass[label],
                    ["recall"] = metrics.GetRecall(label),
                }),
                ["unreadable"] = report.UnreadableCount,
                ["leftOut"] = report.Unreadable.Select(error => new LeftOut(error.SourceName, error.Message)).Concat(invocation.Unreadable.LeftOut),
            });
        }
        else
        {
            var table = new ResultTable("Figure", "#Value") { Title = $"{metrics.Count} images of {metrics.ClassCount} classes" };
            table.Add("top-1", Percent(metrics.Top1));
            table.Add("top-5", Percent(metrics.Top5));
            table.Add("mean per-class recall", Percent(metrics.MeanPerClassRecall));
            table.Write(invocation.Console);
        }
        return report.UnreadableCount == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private async Task<int> RetrieveAsync(Invocation invocation, string path)
    {
        var pairs = await ReadPairsAsync(invocation, path);
        using var clip = await _model.LoadAsync(invocation, Towers.Both);
        var paths = pairs.Select(pair => pair.Path).Distinct(StringComparer.Ordinal).ToList();
        var leftOut = new List<LeftOut>();
        var rows = new List<float[]>();
        var rowOf = new Dictionary<string, int>(StringComparer.Ordinal);
        await ProgressDisplay.RunAsync(invocation.Console, "Embedding images", async progress =>
        {
            await foreach (var embedding in clip.EmbedImagesAsync(paths.Select(ImageSource.FromFile), invocation.Cancelled))
            {
                if ((UnitRow.FindProblem(embedding)) is { } error)
                {
                    leftOut.Add(LeftOut.Report(invocation.Console, embedding.Name, error));
                }
                else
                {
                    rowOf.Add(paths[(int)embedding.Index], rows.Count);
                    rows.Add(embedding.Vector);
                }
                progress.Report((embedding.Index + 1, paths.Count));
            }
            return true;
        });
        // As in training, a row without a caption is no pair.
        foreach (var (file, caption) in pairs)
        {
            if (rowOf.ContainsKey(file) && string.IsNullOrWhiteSpace(caption))
                leftOut.Add(LeftOut.Report(invocation.Console, file, new FailureException($"'{file}' has no caption in a row of '{path}'.")));
        }
        var kept = pairs.FindAll(pair => rowOf.ContainsKey(pair.Path) && !string.IsNullOrWhiteSpace(pair.Caption));
        if (kept.Count == 0)
            throw new FailureException($"None of the {paths.Count} images could be read.");
        var texts = await ProgressDisplay.RunAsync(invocation.Console, "Embedding captions", progress => Task.Run(
            () => clip.EmbedTexts(kept.Select(pair => pair.Caption), new TextBar(progress), invocation.Cancelled), invocation.Cancelled));
        var metrics = RetrievalMetrics.Compute(rows, texts, kept.ConvertAll(pair => rowOf[pair.Path]), invocation.Cancelled);

        int[] ks = [1, 5, 10];
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["task"] = "retrieval",
                ["images"] = metrics.ImageQueries,
                ["texts"] = metrics.TextQueries,
                ["textRecall"] = ks.ToDictionary(k => $"at{k}", metrics.GetTextRecall),
                ["imageRecall"] = ks.ToDictionary(k => $"at{k}", metrics.GetImageRecall),
                ["leftOut"] = leftOut,
            });
        }
        else
        {
            var table = new ResultTable("Recall at", "#image to text", "#text to image") { Title = $"{metrics.ImageQueries} images, {metrics.TextQueries} texts" };
            foreach (var k in ks)
                table.Add(k.ToString(CultureInfo.InvariantCulture), Percent(metrics.GetTextRecall(k)), Percent(metrics.GetImageRecall(k)));
            table.Write(invocation.Console);
        }
        return leftOut.Count == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private sealed class Bar(IProgress<(double, double?)> target) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => target.Report((value.ImagesCompleted, value.ImagesTotal));
    }

    private sealed class TextBar(IProgress<(double, double?)> target) : IProgress<EmbeddingProgress>
    {
        public void Report(EmbeddingProgress value) => target.Report((value.Completed, value.Total));
    }
}
