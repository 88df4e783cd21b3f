// Loads a CLIP checkpoint and embeds a batch with it. Without arguments it first makes a checkpoint: ViT-B/32 with random weights.
using System.Diagnostics;
using System.Globalization;
using Clip.Models;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length > 0)
{
    var activation = args.Length > 1 ? Enum.Parse<Activation>(args[1], ignoreCase: true) : (Activation?)null;
    Embed(args[0], new LoadOptions { Activation = activation });
    return;
}

var folder = Directory.CreateTempSubdirectory("clip-sample-").FullName;
try
{
    Console.WriteLine("ViT-B/32 with random weights from seed 0, written in two layouts and read back:");
    manual_seed(0);
    using (var fresh = new DualEncoder(DualEncoderConfig.ViTB32))
    {
        fresh.Export(Path.Combine(folder, "open_clip"), WeightLayout.Native);
        fresh.Export(Path.Combine(folder, "hugging_face"), WeightLayout.HuggingFace);
    }
    Embed(Path.Combine(folder, "open_clip"));
    Embed(Path.Combine(folder, "hugging_face"));
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static void Embed(string path, LoadOptions? options = null)
{
    var watch = Stopwatch.StartNew();
    using var network = DualEncoder.Load(path, options);
    var parameters = network.parameters().Sum(parameter => parameter.numel());
    Console.WriteLine($"{Path.GetFileName(path),-13} {parameters / 1e6:F2} M parameters, {network.Config.Image.GetType().Name}, loaded in {watch.ElapsedMilliseconds} ms");

    using var scope = NewDisposeScope();
    using var inference = inference_mode();
    manual_seed(1);
    var (height, width) = network.Config.Image.Resolution;
    var pixels = randn(2, 3, height, width);
    var tokens = randint(0, network.Config.Text.VocabularySize, [3, network.Config.Text.ContextLength], dtype: ScalarType.Int64);
    var logits = network.GetLogits(network.EncodeImages(pixels), network.EncodeTexts(tokens));
    for (var image = 0; image < 2; image++)
        Console.WriteLine($"  logits of image {image} with three texts: {string.Join("  ", logits[image].data<float>().Select(logit => $"{logit,7:F4}"))}");
}
