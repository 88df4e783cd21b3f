using System.CommandLine;
using Clip.Cli.Conversion;
using Clip.Cli.Options;
using Clip.Models;

namespace Clip.Cli.Commands;

/// <summary>A checkpoint to another layout, dtype or number of files.</summary>
internal sealed class ConvertCommand : ToolCommand
{
    private readonly Argument<string> _input = new("IN") { Description = "A folder with a model, or a file of weights." };

    private readonly Argument<string> _output = new("OUT") { Description = "The folder to write." };

    private readonly Option<string?> _to = Required(Values.Choice("--to", "Whose names and config files: native (OpenAI's and open_clip's) or hf (Hugging Face's).", null, "native", "hf"));

    private readonly Option<string?> _dtype = Values.Choice("--dtype", "Dtype of the weights.", "f32", "f32", "f16", "bf16");

    private readonly Option<string?> _activation = ModelOptions.ActivationOption();

    private readonly Option<string?> _weightsKey = ModelOptions.WeightsKeyOption();

    private readonly Option<string?> _preprocessing = ModelOptions.PreprocessingOption();

    private readonly Option<string?> _vocabulary = Values.Text("--vocabulary", "Folder or file with the vocabulary to copy. Default: what lies beside the weights.", "PATH");

    private readonly Option<long?> _shardSize = Values.Bytes("--shard-size", "The size above which the weights are split into several files.");

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files in OUT where it is not empty." };

    public ConvertCommand(ToolConsole console)
        : base("convert", "Write a checkpoint as a complete folder in open_clip's or Hugging Face's layout.", console)
    {
        Arguments.Add(_input);
        Arguments.Add(_output);
        foreach (var option in (Option[])[_to, _dtype, _activation, _weightsKey, _preprocessing, _vocabulary, _shardSize, _overwrite])
            Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip convert ViT-B-32.pt ./vit-b-32 --to hf --activation quick_gelu --preprocessing openai",
        "clip convert ./clip-vit-large-patch14 ./vit-l-14 --to native --dtype bf16",
        "clip convert ./big ./sharded --to hf --shard-size 2GB",
    ];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var input = invocation.Get(_input)!;
        var output = Path.GetFullPath(invocation.Get(_output)!);
        RequireFree(output, invocation.Get(_overwrite));
        var layout = invocation.Get(_to) == "hf" ? WeightLayout.HuggingFace : WeightLayout.Native;
        ScalarType? dtype = invocation.Get(_dtype) switch
        {
            "f32" => ScalarType.Float32,
            "f16" => ScalarType.Float16,
            "bf16" => ScalarType.BFloat16,
            null => null,
            var word => throw new UsageException($"There is no dtype '{word}'."),
        };
        var vocabulary = invocation.Get(_vocabulary);
        if (vocabulary is not null && !File.Exists(vocabulary) && !Directory.Exists(vocabulary))
            throw new UsageException($"--vocabulary must be a file or folder, but there is no '{vocabulary}'.");

        var activation = ModelOptions.ParseActivation(invocation.Get(_activation));
        var source = CheckpointFolder.Find(input);
        var isFile = source.Config is null;
        if (isFile && activation is null)
            source = source with { Config = CheckpointFolder.FindConfigBeside(source.Weights) };
        var preprocessing = ModelOptions.ParsePreprocessing(invocation.Get(_preprocessing), input);
        var notes = new List<string>();
        var loading = new LoadOptions
        {
            Activation = activation,
            Config = isFile && source.Config is not null ? DualEncoderConfig.Read(source.Config) : null,
            WeightsKey = invocation.Get(_weightsKey),
        };
        using (var network = DualEncoder.Load(input, loading))
        {
            invocation.Cancelled.ThrowIfCancellationRequested();
            var writer = new ModelFolderWriter(source, note =>
            {
                notes.Add(note);
                invocation.Console.Report(note);
            });
            CompleteFolder.Write(output, folder => writer.Write(network, folder, layout, dtype, invocation.Get(_shardSize) ?? long.MaxValue, preprocessing, vocabulary));
        }

        var files = Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, new JsonFields { ["output"] = output, ["files"] = files, ["notes"] = notes });
        else
            invocation.Console.Output.WriteLine($"{PlainText.Show(output)}: {PlainText.Show(string.Join(", ", files))}");
        return Task.FromResult(ExitCodes.Ok);
    }

    private static void RequireFree(string output, bool overwrite)
    {
        if (File.Exists(output))
            throw new FailureException($"'{output}' is a file; OUT is the folder to write.");
        if (!overwrite && Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
            throw new FailureException($"The folder '{output}' is not empty. Name another one, or give --overwrite.");
    }

    private static Option<string?> Required(Option<string?> option)
    {
        option.Required = true;
        return option;
    }
}
