using System.CommandLine;
using Clip.Cli.Options;

namespace Clip.Cli.Commands;

/// <summary>A model of the Hub to this machine.</summary>
internal sealed class DownloadCommand : ToolCommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "A name (ViT-B/32, MobileCLIP2-S0; see clip models) or a repository of the Hub (org/name, org/name@revision).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _list = new("--list") { Description = "List the names of OpenAI's models and download nothing." };

    private readonly HubSettings _hub = new();

    public DownloadCommand(ToolConsole console)
        : base("download", "Bring a model from the Hugging Face Hub to this machine, so that later commands need no network.", console)
    {
        Arguments.Add(_name);
        Options.Add(_list);
        _hub.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip download ViT-B/32",
        "clip download laion/CLIP-ViT-B-32-laion2B-s34B-b79K --cache /data/models",
        "clip download --list",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        if (invocation.Get(_list))
        {
            if (invocation.IsJson)
                Json.WriteDocument(invocation.Console, ClipModel.AvailableModels);
            else
                foreach (var model in ClipModel.AvailableModels)
                    invocation.Console.Output.WriteLine(model);
            return ExitCodes.Ok;
        }

        var name = invocation.Get(_name) ?? throw new UsageException("Name a model, or ask for --list.");
        var path = await ProgressDisplay.RunAsync(invocation.Console, $"Downloading {name}", progress =>
            ClipModel.DownloadAsync(name, _hub.Create(invocation), new LoadBar(progress), invocation.Cancelled));
        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, new JsonFields { ["model"] = name, ["path"] = Path.GetFullPath(path) });
        else
            invocation.Console.Output.WriteLine(PlainText.Show(Path.GetFullPath(path)));
        return ExitCodes.Ok;
    }
}
