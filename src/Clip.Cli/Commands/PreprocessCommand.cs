using System.CommandLine;
using Clip.Cli.Files;
using Clip.Cli.Options;
using Clip.Preprocessing;

namespace Clip.Cli.Commands;

/// <summary>Images to normalized pixels in a safetensors file.</summary>
internal sealed class PreprocessCommand : ToolCommand
{
    // Pixels of one batch in memory.
    private const long BatchBytes = 64L << 20;

    private readonly Argument<string[]> _images = new("IMAGE") { Description = "Images: files, folders, patterns with *.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<int?> _size = Required(Values.Whole("--size", "Height and width of the result, in pixels.", 1, PreprocessingConfig.MostResolution));

    private readonly Option<string?> _output = Values.Text("--output", "The safetensors file to write; replaced when it is complete.", "FILE", required: true);

    private readonly Option<string?> _preset = Values.Choice(
        "--preset", "Whose steps, which the options below change: OpenAI's and open_clip's, Hugging Face's CLIPImageProcessor, SigLIP's, CLIPA's.", "openai", "openai", "hf", "siglip", "clipa");

    private readonly Option<string?> _resize = Values.Choice(
        "--resize", "shortest: scale the shorter side and crop the center; longest: scale the longer side and pad; squash: scale both sides.", null, "shortest", "longest", "squash");

    private readonly Option<string?> _interpolation = Values.Choice("--interpolation", "How pixels between pixels are computed.", null, "bicubic", "bilinear");

    private readonly Option<ChannelValues?> _mean = Values.Channels("--mean", "Mean of each channel, subtracted. Default: the preset's.");

    private readonly Option<ChannelValues?> _deviation = Values.Channels("--std", "Standard deviation of each channel, divided by. Default: the preset's.");

    private readonly Option<string?> _keys = Values.Choice("--keys", "What the tensors are called: the file's name, or its path as given.", "name", "name", "path");

    private readonly DecodingOptions _decoding = new();

    public PreprocessCommand(ToolConsole console)
        : base("preprocess", "Decode, resize, crop and normalize images into a safetensors file: one float32 [3, N, N] each.", console)
    {
        Arguments.Add(_images);
        foreach (var option in (Option[])[_size, _output, _preset, _resize, _interpolation, _mean, _deviation, _keys, .. _decoding.All])
            Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "clip preprocess --size 224 --output pixels.safetensors photo.jpg",
        "clip preprocess --size 384 --resize squash --mean 0.5,0.5,0.5 --std 0.5,0.5,0.5 --output pixels.safetensors photos/",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var preprocessor = new ImagePreprocessor(CreateConfig(invocation), _decoding.Create(invocation));
        var arguments = invocation.Get(_images)!;
        ImageInputs.RequireAny(arguments, invocation.Unreadable.Add);
        var byPath = invocation.Get(_keys) == "path";
        var named = Key(ImageInputs.Expand(arguments, invocation.Unreadable.Add), byPath);
        var output = invocation.Get(_output)!;

        var (written, leftOut) = await ProgressDisplay.RunAsync(invocation.Console, "Preprocessing", progress =>
            Task.Run(() => Write(preprocessor, named, output, invocation, progress), invocation.Cancelled));

        if (invocation.IsJson)
            Json.WriteDocument(invocation.Console, new JsonFields { ["output"] = output, ["images"] = written, ["shape"] = Shape(preprocessor), ["leftOut"] = leftOut.Concat(invocation.Unreadable.LeftOut) });
        else
            invocation.Console.Output.WriteLine($"{written} of {named.Count} images in {PlainText.Show(output)}");
        return leftOut.Count == 0 ? ExitCodes.Ok : ExitCodes.SomeLeftOut;
    }

    private static (int Written, List<LeftOut> LeftOut) Write(
        ImagePreprocessor preprocessor, List<KeyValuePair<string, string>> named, string path, Invocation invocation, IProgress<(double, double?)> progress)
    {
        using var file = OutputFile.CreateSafetensors(path);
        var shape = Shape(preprocessor);
        var most = (int)Math.Clamp(BatchBytes / sizeof(float) / preprocessor.Length, 1, 64);
        var buffer = new float[Math.Min(most, named.Count) * preprocessor.Length];
        var leftOut = new List<LeftOut>();
        var done = 0;
        foreach (var batch in named.Chunk(most))
        {
            var failures = preprocessor.PreprocessBatch(
                [.. batch.Select(pair => pair.Value)], buffer.AsMemory(0, batch.Length * preprocessor.Length), cancellationToken: invocation.Cancelled);
            var failed = failures.ToDictionary(failure => failure.Index, failure => failure.Error);
            for (var i = 0; i < batch.Length; i++)
            {
                if (failed.TryGetValue(i, out var error))
                {
                    leftOut.Add(LeftOut.Report(invocation.Console, batch[i].Value, error));
                    continue;
                }
                file.AddTensor(batch[i].Key, shape, buffer.AsSpan(i * preprocessor.Length, preprocessor.Length));
            }
            done += batch.Length;
            progress.Report((done, named.Count));
        }
        if (leftOut.Count == named.Count)
            throw new FailureException($"None of the {named.Count} images could be read; nothing was written.");
        file.Commit();
        return (named.Count - leftOut.Count, leftOut);
    }

    // Key and path. Two images under one key could not both be found again.
    private static List<KeyValuePair<string, string>> Key(IEnumerable<string> paths, bool byPath)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var named = new List<KeyValuePair<string, string>>();
        foreach (var path in paths)
        {
            var key = byPath ? path : Path.GetFileName(path);
            if (!seen.TryAdd(key, path))
            {
                throw new UsageException(seen[key] == path
                    ? $"'{path}' is named twice."
                    : $"'{seen[key]}' and '{path}' have the same name; with --keys path their paths tell them apart.");
            }
            named.Add(new(key, path));
        }
        return named;
    }

    private static long[] Shape(ImagePreprocessor preprocessor) => [3, preprocessor.Config.Resolution.Height, preprocessor.Config.Resolution.Width];

    private static Option<int?> Required(Option<int?> option)
    {
        option.Required = true;
        return option;
    }

    private PreprocessingConfig CreateConfig(Invocation invocation)
    {
        var size = invocation.Get(_size)!.Value;
        var preset = invocation.Get(_preset) switch
        {
            "hf" => PreprocessingConfig.HuggingFace(size),
            "siglip" => PreprocessingConfig.SigLip(size),
            "clipa" => PreprocessingConfig.Clipa(size),
            "openai" or null => PreprocessingConfig.OpenAI(size),
            var word => throw new UsageException($"There is no preprocessing '{word}'."),
        };
        return preset with
        {
            ResizeMode = invocation.Get(_resize) switch
            {
                null => preset.ResizeMode,
                "shortest" => ResizeMode.Shortest,
                "longest" => ResizeMode.Longest,
                "squash" => ResizeMode.Squash,
                var word => throw new UsageException($"There is no resize mode '{word}'."),
            },
            Interpolation = invocation.Get(_interpolation) switch
            {
                null => preset.Interpolation,
                "bicubic" => Interpolation.Bicubic,
                "bilinear" => Interpolation.Bilinear,
                var word => throw new UsageException($"There is no interpolation '{word}'."),
            },
            Mean = invocation.Get(_mean) ?? preset.Mean,
            Deviation = invocation.Get(_deviation) ?? preset.Deviation,
        };
    }
}
