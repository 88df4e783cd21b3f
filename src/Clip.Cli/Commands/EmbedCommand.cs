using System.CommandLine;
using System.Runtime.CompilerServices;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Cli.Output;
using Clip.Cli.Search;
using Clip.Cli.Shards;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Shards;
using Clip.Tokenization;

namespace Clip.Cli.Commands;

/// <summary>Images and texts to a file of embeddings, or tar shards to a folder of them.</summary>
internal sealed class EmbedCommand : ToolCommand
{
    private readonly ModelOptions _model = new(hasTexts: true, isRequired: false);

    private readonly Option<string[]> _images = new("--images")
    {
        Description = "Images: files, folders, patterns with *.",
        HelpName = "IMAGE...",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _texts = Values.Text("--texts", "A text on each line, UTF-8; - for standard input.", "FILE");

    private readonly Option<string?> _output = Values.Text("--output", "The file to write: .safetensors, .npy or .jsonl; replaced when it is complete.", "FILE");

    private readonly Option<bool> _half = Values.Float16("Write .safetensors or .npy in float16, half the size; shards always are.");

    private readonly ShardSettings _shards = new();

    public EmbedCommand(ToolConsole console)
        : base("embed", "Turn images and texts into vectors of unit length, in a file; or tar shards, by any number of workers, in a folder.", console)
    {
        _model.AddTo(this, [_images, _texts, _output, _half, .. _shards.All]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip embed --model ViT-B/32 --images photos/ --output photos.safetensors",
        "clip embed --model ViT-B/32 --images a.jpg b.jpg --texts captions.txt --output both.safetensors",
        "clip embed --model ./my-model --texts - --output texts.npy < captions.txt",
        "clip embed --model ViT-B/32 --shards 'in/{00000..41455}.tar' --output-folder out",
        "clip embed --model ViT-B/32 --shards 's3://bucket/in/{00000..41455}.tar' --output-folder s3://bucket/out",
        "clip embed --status --output-folder out",
    ];

    protected override Task<int> RunAsync(Invocation invocation) => _shards.AreAsked(invocation) ? RunShardsAsync(invocation) : RunFileAsync(invocation);

    private async Task<int> RunShardsAsync(Invocation invocation)
    {
        foreach (var option in (Option[])[_images, _texts, _output, _half])
        {
            if (invocation.IsGiven(option))
                throw new UsageException($"{option.Name} does not go with the options for shards; their embeddings go to --output-folder.");
        }
        using var buckets = new Buckets();
        var store = _shards.OpenStore(invocation, buckets);
        var report = new ShardReport(invocation);
        if (_shards.IsStatus(invocation))
        {
            report.Report(await ShardStatus.ReadAsync(store, _shards.StaleAfter(invocation), invocation.Cancelled));
            return ExitCodes.Ok;
        }
        var shards = _shards.FindShards(invocation);
        var options = _shards.Create(invocation, buckets);
        using var clip = await _model.LoadAsync(invocation, options.WithCaptions ? Towers.Both : Towers.Image);
        var result = await new ShardEmbedder(clip, store, options).RunAsync(shards, report, invocation.Cancelled);
        report.Report(options.Worker, result);
        return result.Failed.Count == 0 ? ExitCodes.Ok : ExitCodes.Failure;
    }

    private async Task<int> RunFileAsync(Invocation invocation)
    {
        var images = invocation.Get(_images) ?? [];
        var texts = invocation.Get(_texts);
        var path = invocation.Get(_output) ?? throw new UsageException("Give --output, the file to write; or --shards and --output-folder.");
        if (images.Length == 0 && texts is null)
            throw new UsageException("There is nothing to embed: give --images, --texts or both.");
        EmbeddingOutput.Check(path, images.Length > 0, texts is not null, invocation.Get(_half));
        ImageInputs.RequireAny(images, invocation.Unreadable.Add);
        if (texts is not null and not "-" && !File.Exists(texts))
            throw new FailureException($"There is no file '{texts}'.");

        var towers = (images.Length > 0 ? Towers.Image : 0) | (texts is not null ? Towers.Text : 0);
        using var clip = await _model.LoadAsync(invocation, towers);
        using var output = EmbeddingOutput.Create(path, clip.EmbeddingSize, images.Length > 0, texts is not null, clip.Card.Name, invocation.Get(_half));
        var (imageCount, leftOut) = images.Length == 0 ? (0, []) : await EmbedImagesAsync(clip, images, output, invocation);
        if (images.Length > 0 && imageCount == 0)
            throw new FailureException($"None of the {leftOut.Count} images could be read; nothing was written.");
        var textCount = texts is null ? 0 : await EmbedTextsAsync(clip, texts, output, invocation);
        output.Commit();

        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["output"] = path,
                ["images"] = imageCount,
                ["texts"] = textCount,
                ["embeddingSize"] = clip.EmbeddingSize,
                ["leftOut"] = leftOut.Concat(invocation.Unreadable.LeftOut),
            });
        }
        else
        {
            invocation.Console.Output.WriteLine($"{imageCount} images and {textCount} texts, {clip.EmbeddingSize} numbers each, in {PlainText.Show(path)}");
        }
        return leftOut.Count == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private static async Task<(long Count, List<LeftOut> LeftOut)> EmbedImagesAsync(ClipModel clip, string[] images, EmbeddingOutput output, Invocation invocation)
    {
        // Counting costs a look at the folders' names and gives the bar its end.
        var total = invocation.Console.IsErrorTerminal ? ImageInputs.Expand(images, invocation.Unreadable.Add).LongCount() : 0;
        return await ProgressDisplay.RunAsync(invocation.Console, "Embedding images", async progress =>
        {
            var count = 0L;
            var leftOut = new List<LeftOut>();
            var sources = ImageInputs.Expand(images, invocation.Unreadable.Add).Select(ImageSource.FromFile);
            await foreach (var embedding in clip.EmbedImagesAsync(sources, invocation.Cancelled))
            {
                if ((UnitRow.FindProblem(embedding)) is { } error)
                {
                    leftOut.Add(LeftOut.Report(invocation.Console, embedding.Name, error));
                }
                else
                {
                    output.AddImage(embedding.Name, embedding.Vector);
                    count++;
                }
                progress.Report((count + leftOut.Count, total));
            }
            return (count, leftOut);
        });
    }

    private static Task<long> EmbedTextsAsync(ClipModel clip, string path, EmbeddingOutput output, Invocation invocation) =>
        ProgressDisplay.RunAsync(invocation.Console, "Embedding texts", async progress =>
        {
            var count = 0L;
            await foreach (var embedding in clip.EmbedTextsAsync(ReadAsync(clip.Tokenizer, path, invocation, invocation.Cancelled), invocation.Cancelled))
            {
                output.AddText(embedding.Text, UnitRow.Require(embedding.Text, embedding.Vector));
                progress.Report((++count, null));
            }
            return count;
        });

    // Lines as they are; one that is too long is named by its number before the model sees it.
    private static async IAsyncEnumerable<string> ReadAsync(
        ContextTokenizer tokenizer, string path, Invocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (stream, name) = LineReader.Open(path, invocation.Console.Input);
        await using var opened = ReferenceEquals(stream, invocation.Console.Input) ? null : stream;
        var lines = new LineReader(stream, name);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            var text = lines.Decode(line.Span);
            if (tokenizer.Overflow == TokenOverflow.Throw && tokenizer.Fit(text) is { Fits: false } fit)
                throw new FailureException($"{lines.Place}: the text makes {fit.TokenCount} tokens, more than the {fit.ContextLength} of the context. --truncate cuts such texts.");
            yield return text;
        }
    }
}
