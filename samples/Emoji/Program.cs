// Emoji of eight styles with their names in eight languages, and the small CLIP that is trained on six of the styles.
using System.CommandLine;
using System.Globalization;
using Emoji;
using Emoji.Commands;
using Emoji.Datasets;
using Emoji.Training;

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

var defaults = new Recipe();
var model = new Option<string>("--model") { Description = "Folder of the model.", DefaultValueFactory = _ => Path.Combine("models", "emoji") };
var steps = new Option<int>("--steps") { Description = "Training steps of the image tower.", DefaultValueFactory = _ => defaults.Images.Steps };
var workers = new Option<int>("--workers") { Description = "Threads that share a batch of images; one more makes the images.", DefaultValueFactory = _ => defaults.Workers };
workers.Validators.Add(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var count) && (count < 1 || defaults.Images.BatchSize % count != 0))
        result.AddError($"{count} workers cannot share a batch of {defaults.Images.BatchSize} images in equal parts.");
});
var train = new Command("train", "Does all of it: fetches, renders and trains; goes on where an interrupted run in the same work folder stopped.") { model, steps, workers };
train.SetAction((arguments, cancellationToken) => TrainCommand.RunAsync(
    arguments.GetValue(model)!,
    new Workspace(arguments.GetValue(work)!),
    defaults with { Images = defaults.Images with { Steps = arguments.GetValue(steps) }, Workers = arguments.GetValue(workers) },
    cancellationToken));

var evaluate = new Command("evaluate", "Measures the model in styles and with keywords that training does not show, beside baselines.") { model };
evaluate.SetAction((arguments, cancellationToken) => EvaluateCommand.RunAsync(arguments.GetValue(model)!, new Workspace(arguments.GetValue(work)!), cancellationToken));

return await new RootCommand("Emoji of eight styles, and the small CLIP that is trained on six of them.") { work, fetch, render, collect, train, evaluate }.Parse(args).InvokeAsync();
