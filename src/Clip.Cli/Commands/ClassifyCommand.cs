using System.CommandLine;
using System.Globalization;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Models;
using Clip.Preprocessing;
using Clip.ZeroShot;

namespace Clip.Cli.Commands;

/// <summary>Images to the labels that fit best.</summary>
internal sealed class ClassifyCommand : ToolCommand
{
    private const int BarWidth = 20;

    private readonly Argument<string[]> _images = new("IMAGE") { Description = "Images: files, folders, patterns with *.", Arity = ArgumentArity.OneOrMore };

    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly LabelOptions _labels = new(required: true);

    private readonly Option<int?> _top = Values.Whole("--top", "How many labels to show for an image.", 1, int.MaxValue, fallback: 5);

    private readonly Option<double?> _threshold = Values.Number("--threshold", "Leave out labels with a lower probability.", 0, 1);

    private readonly Option<double?> _minSimilarity = Values.Number("--min-similarity", "Leave out labels with a lower cosine similarity.", -1, 1);

    public ClassifyCommand(ToolConsole console)
        : base("classify", "Say which labels fit images best, with probabilities (zero-shot classification).", console)
    {
        Arguments.Add(_images);
        _model.AddTo(this, [.. _labels.All, _top, _threshold, _minSimilarity]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip classify --model ViT-B/32 --labels \"a cat,a dog\" photo.jpg",
        "clip classify --model openai/clip-vit-base-patch32 --labels @animals.txt --templates imagenet --top 3 photos/",
        "clip classify --model ./my-model --labels \"day,night\" --templates \"a photo taken at {}.\" --json *.jpg",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var images = invocation.Get(_images)!;
        var labels = (await _labels.ReadLabelsAsync(invocation))!;
        var templates = await _labels.ReadTemplatesAsync(invocation);
        ImageInputs.RequireAny(images, invocation.Unreadable.Add);

        using var clip = await _model.LoadAsync(invocation, Towers.Both);
        var bank = await ProgressDisplay.RunAsync(invocation.Console, "Embedding labels", progress => Task.Run(
            () => ClassBank.Create(clip, labels, templates, progress: new BankBar(progress), cancellationToken: invocation.Cancelled), invocation.Cancelled));
        using var classifier = new ZeroShotClassifier(clip, bank)
        {
            MinProbability = (float?)invocation.Get(_threshold),
            MinSimilarity = (float?)invocation.Get(_minSimilarity),
        };

        var (count, leftOut) = (0L, 0L);
        var sources = ImageInputs.Expand(images, invocation.Unreadable.Add).Select(ImageSource.FromFile);
        await foreach (var answer in classifier.ClassifyAsync(sources, invocation.Get(_top)!.Value, invocation.Cancelled))
        {
            count++;
            if (answer.Error is { } error)
            {
                leftOut++;
                invocation.Console.Report(error.Message);
                if (invocation.IsJson)
                    Json.WriteLine(invocation.Console.Output, new JsonFields { ["image"] = answer.Name, ["error"] = Wording.Translate(error.Message) });
                continue;
            }
            Write(invocation, answer);
        }
        if (invocation.IsJson)
        {
            foreach (var folder in invocation.Unreadable.LeftOut)
                Json.WriteLine(invocation.Console.Output, new { image = folder.Input, error = folder.Error });
        }
        if (leftOut == count)
            throw new FailureException($"None of the {count} images could be read.");
        return leftOut == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private static void Write(Invocation invocation, ImageClassification answer)
    {
        if (invocation.IsJson)
        {
            Json.WriteLine(invocation.Console.Output, new JsonFields
            {
                ["image"] = answer.Name,
                ["predictions"] = answer.Predictions.Select(prediction => new JsonFields
                {
                    ["label"] = prediction.ClassName,
                    ["probability"] = prediction.Probability,
                    ["similarity"] = prediction.Similarity,
                }),
            });
            return;
        }
        var table = invocation.Console.IsOutputTerminal
            ? new ResultTable("Label", "#Probability", "", "#Similarity") { Title = answer.Name }
            : new ResultTable("Image", "Label", "#Probability", "#Similarity");
        foreach (var prediction in answer.Predictions)
        {
            var similarity = prediction.Similarity.ToString("F4", CultureInfo.InvariantCulture);
            if (invocation.Console.IsOutputTerminal)
                table.Add(prediction.ClassName, prediction.Probability.ToString("P1", CultureInfo.InvariantCulture), Bar(prediction.Probability), similarity);
            else
                table.Add(answer.Name, prediction.ClassName, prediction.Probability.ToString("F6", CultureInfo.InvariantCulture), similarity);
        }
        if (answer.Predictions.Count == 0)
            table.Add(invocation.Console.IsOutputTerminal ? ["(none of these)", "", "", ""] : [answer.Name, "", "", ""]);
        table.Write(invocation.Console);
    }

    private static string Bar(float probability) => new('█', (int)Math.Round(probability * BarWidth));

    private sealed class BankBar(IProgress<(double, double?)> target) : IProgress<ClassBankProgress>
    {
        public void Report(ClassBankProgress value) => target.Report((value.PromptsCompleted, value.PromptsTotal));
    }
}
