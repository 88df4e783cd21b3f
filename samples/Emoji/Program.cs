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
var steps = new Option<int>("--steps") { Description = "Training steps.", DefaultValueFactory = _ => defaults.Steps };
var rate = new Option<double>("--rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => defaults.PeakRate };
var threads = new Option<int?>("--threads") { Description = "Threads of the towers; all cores unless set. One is faster where other programs compete for the cores." };
var finish = new Option<bool>("--finish") { Description = "Takes the newest checkpoint as the result, without further steps." };
var train = new Command("train", "Does all of it: fetches, renders and trains; goes on where an interrupted run in the same work folder stopped.") { model, steps, rate, threads, finish };
train.SetAction((arguments, cancellationToken) =>
{
    if (arguments.GetValue(threads) is { } count)
        set_num_threads(count);
    var recipe = defaults with { Steps = arguments.GetValue(steps), PeakRate = arguments.GetValue(rate) };
    return TrainCommand.RunAsync(arguments.GetValue(model)!, new Workspace(arguments.GetValue(work)!), recipe, arguments.GetValue(finish), cancellationToken);
});

var evaluate = new Command("evaluate", "Measures the model in styles and with keywords that training does not show, beside baselines.") { model };
evaluate.SetAction((arguments, cancellationToken) => EvaluateCommand.RunAsync(arguments.GetValue(model)!, new Workspace(arguments.GetValue(work)!), cancellationToken));

return await new RootCommand("Emoji of eight styles, and the small CLIP that is trained on six of them.") { work, fetch, render, collect, train, evaluate }.Parse(args).InvokeAsync();
