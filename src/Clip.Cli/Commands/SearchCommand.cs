using System.CommandLine;
using System.Globalization;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Cli.Search;

namespace Clip.Cli.Commands;

/// <summary>A folder's images by text or by image.</summary>
internal sealed class SearchCommand : ToolCommand
{
    private const string IndexName = ".clip-index.safetensors";

    private readonly ModelOptions _model = new(hasTexts: true);

    private readonly Option<string?> _folder = Values.Text("--images", "The folder whose images are searched, with the folders in it.", "FOLDER", required: true);

    private readonly Option<string?> _query = Values.Text("--query", "An image, where a file of an image's name is there, else a text.", "TEXT|IMAGE");

    private readonly Option<string?> _text = Values.Text("--text", "A text, even where it is a file's name.", "TEXT");

    private readonly Option<string?> _image = Values.Text("--image", "An image, whatever its name.", "IMAGE");

    private readonly Option<int?> _top = Values.Whole("--top", "How many images to show.", 1, int.MaxValue, fallback: 10);

    private readonly Option<string?> _index = Values.Text("--index", $"The file that keeps the embeddings. Default: {IndexName} in the folder.", "FILE");

    public SearchCommand(ToolConsole console)
        : base("search", "Find the images of a folder that fit a text or resemble an image.", console)
    {
        _model.AddTo(this, _folder, _query, _text, _image, _top, _index);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip search --model ViT-B/32 --images ~/Images --query \"a lighthouse at dusk\"",
        "clip search --model ViT-B/32 --images /mnt/archive --index archive.safetensors --query beach.jpg --top 20",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var folder = invocation.Get(_folder)!;
        var (query, isImage) = ReadQuery(invocation);
        if (!Directory.Exists(folder))
            throw new FailureException($"There is no folder '{folder}'.");
        if (isImage && !File.Exists(query))
            throw new FailureException($"There is no image '{query}'.");
        var indexPath = invocation.Get(_index) ?? Path.Combine(folder, IndexName);

        using var clip = await _model.LoadAsync(invocation, needsTexts: !isImage);
        var wanted = UnitRow.Require(query, isImage ? clip.EmbedImage(query) : clip.EmbedText(query));
        var refresher = new IndexRefresher(clip, folder, indexPath, invocation);
        using var index = await refresher.RefreshAsync();
        if (index.Entries.Count == 0)
            throw new FailureException($"There are no images in '{folder}' that can be read.");

        var results = index.Closest(wanted, invocation.Get(_top)!.Value, invocation.Cancelled)
            .Select(found => new { image = Path.Combine(folder, found.Entry.Path), similarity = found.Similarity }).ToList();
        if (invocation.IsJson)
        {
            Json.WriteDocument(invocation.Console, new JsonFields
            {
                ["query"] = query,
                ["kind"] = isImage ? "image" : "text",
                ["index"] = new JsonFields
                {
                    ["path"] = indexPath,
                    ["images"] = index.Entries.Count,
                    ["embedded"] = refresher.Embedded,
                    ["removed"] = refresher.Removed,
                },
                ["results"] = results.Select(result => new JsonFields { ["image"] = result.image, ["similarity"] = result.similarity }),
                ["leftOut"] = refresher.LeftOut.Concat(invocation.Unreadable.LeftOut),
            });
        }
        else
        {
            var table = new ResultTable("#Similarity", "Image") { Title = query };
            foreach (var result in results)
                table.Add(result.similarity.ToString("F4", CultureInfo.InvariantCulture), result.image);
            table.Write(invocation.Console);
        }
        return refresher.LeftOut.Count == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private (string Query, bool IsImage) ReadQuery(Invocation invocation) => (invocation.Get(_query), invocation.Get(_text), invocation.Get(_image)) switch
    {
        ({ } either, null, null) => (either, ImageInputs.IsImage(either) && File.Exists(either)),
        (null, { } text, null) => (text, false),
        (null, null, { } image) => (image, true),
        _ => throw new UsageException("Give one of --query, --text and --image."),
    };
}
