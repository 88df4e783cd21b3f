// A world of captioned shapes, and the small CLIP that is trained on it.
using System.CommandLine;
using System.Globalization;
using Shapes.Commands;
using Shapes.Training;
using Shapes.World;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var defaults = new Recipe();

var model = new Option<string>("--model") { Description = "Folder of the model.", DefaultValueFactory = _ => Path.Combine("models", "shapes") };
var work = new Option<string>("--work") { Description = "Folder for checkpoints and curves.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "clip-shapes") };
var steps = new Option<int>("--steps") { Description = "Training steps.", DefaultValueFactory = _ => defaults.Steps };
var batch = new Option<int>("--batch") { Description = "Pairs per step.", DefaultValueFactory = _ => defaults.BatchSize };
var rate = new Option<double>("--rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => defaults.PeakRate };
var threads = new Option<int?>("--threads") { Description = "Threads of the towers; all cores unless set." };
var train = new Command("train", "Trains the model; goes on where an interrupted run in the same work folder stopped.") { model, work, steps, batch, rate, threads };
train.SetAction((arguments, cancellationToken) =>
{
    if (arguments.GetValue(threads) is { } count)
        set_num_threads(count);
    var recipe = defaults with { Steps = arguments.GetValue(steps), BatchSize = arguments.GetValue(batch), PeakRate = arguments.GetValue(rate) };
    TrainCommand.Run(arguments.GetValue(model)!, arguments.GetValue(work)!, recipe, cancellationToken);
    return Task.CompletedTask;
});

var evaluate = new Command("evaluate", "Measures the model beside chance and a linear classifier on raw pixels.") { model };
evaluate.SetAction(arguments => EvaluateCommand.Run(arguments.GetValue(model)!));

var folder = new Argument<string>("folder") { Description = "Where the images go." };
var number = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 12 };
var side = new Option<int>("--side") { Description = "Pixels in a row.", DefaultValueFactory = _ => 4 * Recipe.Resolution };
var seed = new Option<long>("--seed") { Description = "Which images.", DefaultValueFactory = _ => Recipe.TestSeed };
var unseen = new Option<bool>("--unseen") { Description = "Only pairs of color and shape that training does not show." };
var draw = new Command("draw", "Writes images and captions of the world.") { folder, number, side, seed, unseen };
draw.SetAction(arguments => DrawCommand.Run(arguments.GetValue(folder)!, arguments.GetValue(number), arguments.GetValue(side),
    arguments.GetValue(seed), arguments.GetValue(unseen) ? Combinations.Unseen : Combinations.All));

return await new RootCommand("A world of captioned shapes, and the small CLIP that is trained on it.") { train, evaluate, draw }.Parse(args).InvokeAsync();
