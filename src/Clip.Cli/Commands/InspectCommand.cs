using System.CommandLine;
using Clip.Checkpoints;
using Clip.Cli.Files;
using Clip.Models;

namespace Clip.Cli.Commands;

/// <summary>What is in a checkpoint, without loading it.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly Argument<string> _checkpoint = new("CHECKPOINT")
    {
        Description = "A file of weights (.safetensors, .pt, .bin), an index of shards, or a folder with a model.",
    };

    public InspectCommand(ToolConsole console)
        : base("inspect", "Show a checkpoint's format, architecture, activation, metadata and tensors, without loading it.", console)
    {
        Arguments.Add(_checkpoint);
    }

    public override IReadOnlyList<string> Examples => ["clip inspect ViT-B-32.pt", "clip inspect ./clip-vit-base-patch32 --json"];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var path = invocation.Get(_checkpoint)!;
        var files = CheckpointFolder.Find(path);
        using var checkpoint = Checkpoint.Open(files.Weights);
        var contents = new CheckpointDescription(checkpoint, files.Config, invocation.Console);
        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, contents.ToJson());
        else
            contents.Write(invocation.Console);
        return Task.FromResult(ExitCodes.Ok);
    }
}
