using System.CommandLine;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Cli.Search;
using Clip.Models;
using Clip.Shards;

namespace Clip.Cli.Commands;

/// <summary>A folder's images, or embedded shards, by text or by image.</summary>
internal sealed class SearchCommand : ToolCommand
{
    private const string IndexName = ".clip-index.safetensors";

    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly Option<string?> _folder = Values.Text("--images", "The folder whose images are searched, with the folders in it.", "FOLDER");

    private readonly Option<string?> _embeddings = Values.Text("--embeddings", "Search what clip embed --shards wrote to its --output-folder.", "FOLDER");

    private readonly Option<bool> _approximate = new("--approximate") { Description = "With --embeddings: by a graph of neighbors, which is made first and kept in the folder; for more than a million rows." };

    private readonly Option<string?> _query = Values.Text("--query", "An image, where a file of an image's name is there, else a text.", "TEXT|IMAGE");

    private readonly Option<string?> _text = Values.Text("--text", "A text, even where it is a file's name.", "TEXT");

    private readonly Option<string?> _image = Values.Text("--image", "An image, whatever its name.", "IMAGE");

    private readonly Option<int?> _top = Values.Whole("--top", "How many images to show.", 1, int.MaxValue, fallback: 10);

    private readonly Option<string?> _index = Values.Text("--index", $"The file that keeps the embeddings. Default: {IndexName} in the folder.", "FILE");

    private readonly Option<bool> _half = Values.Float16("Keep the embeddings in float16 from now on, half the size.");

    public SearchCommand(ToolConsole console)
        : base("search", "Find the images of a folder, or of embedded shards, that fit a text or resemble an image.", console)
    {
        _model.AddTo(this, _folder, _query, _text, _image, _top, _index, _half, _embeddings, _approximate);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip search --model ViT-B/32 --images ~/Images --query \"a lighthouse at dusk\"",
        "clip search --model ViT-B/32 --images /mnt/archive --index archive.safetensors --query beach.jpg --top 20",
        "clip search --model ViT-B/32 --embeddings out --query \"a lighthouse at dusk\"",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var (folder, embedded) = (invocation.Get(_folder), invocation.Get(_embeddings));
        if (folder is null == embedded is null)
            throw new UsageException("Give one of --images, a folder of images, and --embeddings, a folder that clip embed --shards wrote.");
        RequireFits(invocation, folder is null ? [_index, _half] : [_approximate], folder is null ? _folder : _embeddings);
        var (name, isImage) = ReadQuery(invocation);
        if (!Directory.Exists(folder ?? embedded))
            throw new FailureException($"There is no folder '{folder ?? embedded}'.");
        if (isImage && !File.Exists(name))
            throw new FailureException($"There is no image '{name}'.");
        using var embeddings = embedded is null ? null : await ShardEmbeddings.OpenAsync(embedded, invocation.Cancelled);

        // Of a folder, images are embedded that are not in its index.
        var towers = (isImage ? Towers.Image : Towers.Text) | (folder is not null ? Towers.Image : 0);
        using var clip = await _model.LoadAsync(invocation, towers);
        if (embeddings is not null)
            await embeddings.RequireModelAsync(clip, invocation.Cancelled);
        var query = new SearchQuery(name, isImage, UnitRow.Require(name, isImage ? clip.EmbedImage(name) : clip.EmbedText(name)));
        var top = invocation.Get(_top)!.Value;
        if (embeddings is null)
            return await new FolderQuery(clip, folder!, invocation.Get(_index) ?? Path.Combine(folder!, IndexName), invocation.Get(_half), invocation).RunAsync(query, top);
        await new ShardQuery(embeddings, invocation.Get(_approximate), invocation).RunAsync(query, top);
        return ExitCodes.Ok;
    }

    private static void RequireFits(Invocation invocation, Option[] others, Option belongsTo)
    {
        if (others.FirstOrDefault(invocation.IsGiven) is { } option)
            throw new UsageException($"{option.Name} goes with {belongsTo.Name}.");
    }

    private (string Query, bool IsImage) ReadQuery(Invocation invocation) => (invocation.Get(_query), invocation.Get(_text), invocation.Get(_image)) switch
    {
        ({ } either, null, null) => (either, ImageInputs.IsImage(either) && File.Exists(either)),
        (null, { } text, null) => (text, false),
        (null, null, { } image) => (image, true),
        _ => throw new UsageException("Give one of --query, --text and --image."),
    };
}
