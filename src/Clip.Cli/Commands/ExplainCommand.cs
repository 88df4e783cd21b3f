using System.CommandLine;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Cli.Commands;

/// <summary>An image and a text to the places that have to do with each other.</summary>
internal sealed class ExplainCommand : ToolCommand
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "The image." };

    private readonly Argument<string> _text = new("TEXT") { Description = "The text, such as \"a dog\"." };

    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly Option<string?> _output = Values.Text(
        "--output", "The PNG file to write: what the model sees of the image, relevant places in warm colors. Replaced when it is complete.", "FILE", required: true);

    private readonly Option<string[]> _against = new("--against")
    {
        Description = "Texts that the map is held against, such as the other labels. Default: the empty text.",
        HelpName = "TEXT",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _method = Values.Choice(
        "--method", "dense: one pass, which compares each place with the text; occlusion: a pass per place, with that place painted over.", "dense", "dense", "occlusion");

    private readonly Option<int?> _localBlocks = Values.Whole("--local-blocks", "For dense: in how many of the last blocks places see themselves alone. Default: 1.", 0, 1000);

    public ExplainCommand(ToolConsole console)
        : base("explain", "Show which places of an image have to do with a text, as a picture.", console)
    {
        Arguments.Add(_image);
        Arguments.Add(_text);
        _model.AddTo(this, [_output, _against, _method, _localBlocks]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip explain --model ViT-B/32 --output dog.png photo.jpg \"a dog\"",
        "clip explain --model ViT-B/32 --method occlusion --against \"a cat\" --against grass --output dog.png photo.jpg \"a dog\"",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var (image, text, output) = (invocation.Get(_image)!, invocation.Get(_text)!, invocation.Get(_output)!);
        var occludes = invocation.Get(_method) == "occlusion";
        if (occludes && invocation.Get(_localBlocks) is not null)
            throw new UsageException("--local-blocks is for --method dense; occlusion looks at no blocks.");
        var options = new ExplanationOptions
        {
            Method = occludes ? ExplanationMethod.Occlusion : ExplanationMethod.Dense,
            LocalBlocks = invocation.Get(_localBlocks) ?? new ExplanationOptions().LocalBlocks,
        };

        using var clip = await _model.LoadAsync(invocation, Towers.Both);
        var map = await Task.Run(() => clip.Explain(ImageSource.FromFile(image), [text, .. invocation.Get(_against) ?? []], options, invocation.Cancelled)[0], invocation.Cancelled);
        using (var file = OutputFile.Create(output))
        {
            file.Stream.Write(map.ToPng());
            file.Commit();
        }

        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, new JsonFields { ["image"] = image, ["text"] = text, ["similarity"] = map.Similarity, ["height"] = map.Height, ["width"] = map.Width, ["relevance"] = map.Values.ToArray(), ["output"] = output });
        else
            invocation.Console.Output.WriteLine($"A map of {map.Height} x {map.Width} places in {PlainText.Show(output)}; cosine similarity {map.Similarity:F3}");
        return ExitCodes.Ok;
    }
}
