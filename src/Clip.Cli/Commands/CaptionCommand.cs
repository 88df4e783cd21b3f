using System.CommandLine;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Cli.Commands;

/// <summary>Images to what they show, in words.</summary>
internal sealed class CaptionCommand : ToolCommand
{
    private const int MostTokens = 1 << 16;

    private const double LeastFactor = 1e-3, MostFactor = 1e3;

    private readonly Argument<string[]> _images = new("IMAGE") { Description = "Images: files, folders, patterns with *.", Arity = ArgumentArity.OneOrMore };

    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly Option<string?> _prompt = Values.Text("--prompt", "What captions begin with, such as \"a photo of\".", "TEXT");

    private readonly Option<int?> _beams = Values.Whole("--beams", "Captions of an image that are followed at once.", 1, 256, fallback: 6);

    private readonly Option<int?> _maxLength = Values.Whole("--max-length", "The most tokens, start and end included. Default: 30, or the model's most.", 2, MostTokens);

    private readonly Option<int?> _minLength = Values.Whole("--min-length", "The end does not come before so many tokens.", 0, MostTokens, fallback: 5);

    private readonly Option<double?> _lengthPenalty = Values.Number("--length-penalty", "Above 0 prefers longer captions, below 0 shorter ones. Default: 1.", -10, 10);

    private readonly Option<double?> _repetitionPenalty = Values.Number(
        "--repetition-penalty", "Above 1 makes tokens less probable that the caption has already. Default: 1.", LeastFactor, MostFactor);

    private readonly Option<int?> _topK = Values.Whole("--top-k", "Draw from so many most probable tokens, in place of beams.", 1, int.MaxValue, helpName: "K");

    private readonly Option<double?> _topP = Values.Number("--top-p", "Draw from the most probable tokens that together have this probability.", LeastFactor, 1);

    private readonly Option<double?> _temperature = Values.Number("--temperature", "Draw tokens with logits divided by this.", LeastFactor, MostFactor);

    private readonly Option<int?> _seed = Values.Whole("--seed", "Where the random numbers of drawing begin. Default: 0.", 0, int.MaxValue);

    public CaptionCommand(ToolConsole console)
        : base("caption", "Write what images show, with models that have a decoder for that (CoCa).", console)
    {
        Arguments.Add(_images);
        _model.AddTo(this, [_prompt, _beams, _maxLength, _minLength, _lengthPenalty, _repetitionPenalty, _topK, _topP, _temperature, _seed]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip caption --model laion/mscoco_finetuned_CoCa-ViT-L-14-laion2B-s13B-b90k photo.jpg",
        "clip caption --model ./coca --prompt \"a photo of\" --beams 3 --json photos/",
        "clip caption --model ./coca --top-p 0.9 --temperature 0.7 --seed 1 *.jpg",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var images = invocation.Get(_images)!;
        var options = CreateOptions(invocation);
        ImageInputs.RequireAny(images, invocation.Unreadable.Add);

        using var clip = await _model.LoadAsync(invocation, Towers.Both);
        var (count, leftOut) = (0L, 0L);
        var sources = ImageInputs.Expand(images, invocation.Unreadable.Add).Select(ImageSource.FromFile).ToAsyncEnumerable();
        await foreach (var caption in clip.CaptionAsync(sources, options, invocation.Cancelled))
        {
            count++;
            if (caption.Error is { } error)
            {
                leftOut++;
                invocation.Console.Report(error.Message);
                if (invocation.IsJson)
                    Json.WriteLine(invocation.Console.Output, new JsonFields { ["image"] = caption.Name, ["error"] = Wording.Translate(error.Message) });
                continue;
            }
            if (invocation.IsJson)
            {
                Json.WriteLine(invocation.Console.Output, new JsonFields { ["image"] = caption.Name, ["caption"] = caption.Text });
                continue;
            }
            var table = new ResultTable("Image", "Caption");
            table.Add(caption.Name, caption.Text!);
            table.Write(invocation.Console);
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

    private CaptionOptions CreateOptions(Invocation invocation)
    {
        var (topK, topP, temperature, seed) = (invocation.Get(_topK), invocation.Get(_topP), invocation.Get(_temperature), invocation.Get(_seed));
        var draws = topK is not null || topP is not null || temperature is not null;
        if (seed is not null && !draws)
            throw new UsageException("--seed is for drawing tokens: give --top-k, --top-p or --temperature too.");
        return new CaptionOptions
        {
            Prompt = invocation.Get(_prompt),
            Beams = invocation.Get(_beams)!.Value,
            MaxLength = invocation.Get(_maxLength),
            MinLength = invocation.Get(_minLength)!.Value,
            LengthPenalty = invocation.Get(_lengthPenalty) ?? 1,
            RepetitionPenalty = invocation.Get(_repetitionPenalty) ?? 1,
            Sampling = draws ? new CaptionSampling { TopK = topK, TopP = topP, Temperature = temperature ?? 1, Seed = seed ?? 0 } : null,
        };
    }
}
