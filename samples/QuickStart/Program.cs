// Classifies images with labels nobody trained a classifier for. Without arguments: the images of this sample's folder,
// with the small model that comes with the repository. Arguments: --model M, --labels "a,b,c", images or folders of them.
using System.Globalization;
using Clip;
using Clip.Preprocessing;
using Clip.ZeroShot;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var model = Path.Combine(AppContext.BaseDirectory, "models", "shapes");
var labels = new List<string>();
var images = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--model" && i + 1 < args.Length)
        model = args[++i];
    else if (args[i] == "--labels" && i + 1 < args.Length)
        labels.AddRange(args[++i].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    else
        images.Add(args[i]);
}
if (labels.Count == 0)
{
    string[] colors = ["red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "white", "black"];
    string[] shapes = ["circle", "square", "triangle", "star", "heart", "cross", "ring", "moon", "arrow", "hourglass"];
    labels.AddRange(colors.SelectMany(color => shapes.Select(shape => $"{color} {shape}")));
}
if (images.Count == 0)
    images.Add(Path.Combine(AppContext.BaseDirectory, "pictures"));

string[] files = [.. images.SelectMany(Expand)];

try
{
    using var clip = ClipModel.Load(model);
    using var classifier = new ZeroShotClassifier(clip, labels);      // embeds "a photo of a {label}." for every label
    Console.WriteLine($"{clip.Card.Name} on {clip.Target}: {files.Length} images, {labels.Count} labels; no classifier was trained for them.");

    var answers = classifier.Classify(files.Select(ImageSource.FromFile), top: 3);
    for (var i = 0; i < files.Length; i++)
    {
        Console.WriteLine();
        Console.WriteLine(Path.GetFileName(files[i]));
        foreach (var (className, probability) in answers[i])
            Console.WriteLine($"  {className,-20} {probability,6:P1}  {new string('#', (int)Math.Round(40 * probability))}");
    }
}
catch (Exception exception) when (exception is ImageDecodingException or ModelSourceException)
{
    Console.Error.WriteLine(exception.Message);
    Environment.ExitCode = 1;
}

static IEnumerable<string> Expand(string path) =>
    Directory.Exists(path) ? Directory.GetFiles(path, "*.png").Order(StringComparer.Ordinal) : [path];
