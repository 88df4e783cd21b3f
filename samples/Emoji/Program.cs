// Emoji of eight styles with their names in eight languages, and the small CLIP that is trained on six of the styles.
using System.CommandLine;
using System.Globalization;
using Emoji;
using Emoji.Datasets;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var work = new Option<string>("--work") { Description = "Folder for packages, images and checkpoints.", DefaultValueFactory = _ => Path.Combine("artifacts", "emoji"), Recursive = true };

var fetch = new Command("fetch", "Downloads images and words by npm and compares them with the hashes that are kept here.");
fetch.SetAction((arguments, cancellationToken) => new Workspace(arguments.GetValue(work)!).FetchAsync(cancellationToken));

var render = new Command("render", "Renders the images.");
render.SetAction((arguments, cancellationToken) => new Workspace(arguments.GetValue(work)!).PrepareAsync(cancellationToken));

var path = new Argument<string>("path") { Description = "The tar file.", DefaultValueFactory = _ => Path.Combine("samples", "Emoji", "collection", $"{Collection.Style}.tar") };
var collect = new Command("collect", $"Writes the images of {Collection.Style} with English names and keywords as a WebDataset shard.") { path };
collect.SetAction(async (arguments, cancellationToken) =>
{
    var workspace = new Workspace(arguments.GetValue(work)!);
    await workspace.FetchAsync(cancellationToken);
    var count = Collection.Write(arguments.GetValue(path)!, workspace.Packages, workspace.LoadCatalog());
    Console.WriteLine($"{count} images");
});

return await new RootCommand("Emoji of eight styles, and the small CLIP that is trained on six of them.") { work, fetch, render, collect }.Parse(args).InvokeAsync();
