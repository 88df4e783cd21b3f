using System.CommandLine;
using Clip.Checkpoints;
using Clip.Cli.Files;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Tokenization;

namespace Clip.Cli.Options;

/// <summary>The options of all commands that load a model.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = Values.Text(
        "--model", "A name (ViT-B/32, MobileCLIP2-S0; see clip models), a repository of the Hugging Face Hub (openai/clip-vit-base-patch32, org/name@revision), a folder or a file.", "MODEL");

    private readonly Option<string?> _device = DeviceOptions.Device();

    private readonly Option<string?> _precision = DeviceOptions.Precision();

    private readonly Option<string?> _quantize = Values.Choice(
        "--quantize", "How the weights of transformers are kept on a CPU: f16 or bf16 for half of their memory, int8 for a quarter. Default: as --precision says.", null, "f16", "bf16", "int8");

    private readonly Option<int?> _batchSize = Values.Whole("--batch-size", "Images in one pass of the network. Default: what suits the device.", 1, 1 << 16);

    private readonly Option<string?> _activation = ActivationOption();

    private readonly Option<string?> _weightsKey = WeightsKeyOption();

    private readonly Option<string?> _preprocessing = PreprocessingOption();

    private readonly Option<string?> _vocabulary = Values.Text("--vocabulary", "Folder or file with the vocabulary, where the model has none beside it.", "PATH");

    private readonly DecodingOptions _decoding = new();

    private readonly HubSettings _hub = new();

    private readonly bool _hasTexts;

    private readonly Option<bool> _truncate = new("--truncate") { Description = "Cut texts that are longer than the model's context, instead of refusing them." };

    /// <summary>Creates the options.</summary>
    /// <param name="hasTexts">Whether the command takes texts, which may be too long.</param>
    /// <param name="isRequired">Whether the command does nothing without a model.</param>
    public ModelOptions(bool hasTexts, bool isRequired = true) => (_hasTexts, _model.Required) = (hasTexts, isRequired);

    /// <summary>The option for the activation of a file of weights.</summary>
    public static Option<string?> ActivationOption() => Values.Choice(
        "--activation", "For a file of weights without a config, which does not say it; OpenAI's models have quick_gelu.", null, "quick_gelu", "gelu", "gelu_tanh");

    /// <summary>The option for where in a training checkpoint the weights are.</summary>
    public static Option<string?> WeightsKeyOption() => Values.Text(
        "--weights-key", "What the weights' names begin with in a training checkpoint, such as ema, where it holds several models.", "KEY");

    /// <summary>The option for the preprocessing of a file of weights.</summary>
    public static Option<string?> PreprocessingOption() => Values.Text(
        "--preprocessing", "For a model that does not say how images are prepared: openai, hf, siglip, clipa, mobileclip, pe, or a file such as preprocessor_config.json.", "NAME|FILE");

    /// <summary>The activation of a word; null for none.</summary>
    public static Activation? ParseActivation(string? word) => word switch
    {
        null => null,
        "quick_gelu" => Activation.QuickGelu,
        "gelu" => Activation.Gelu,
        "gelu_tanh" => Activation.GeluTanh,
        _ => throw new UsageException($"There is no activation '{word}'."),
    };

    /// <summary>The preprocessing of a word or file; null for none.</summary>
    /// <param name="word">What was given.</param>
    /// <param name="weights">The weights, whose shapes say the size of images.</param>
    public static PreprocessingConfig? ParsePreprocessing(string? word, string weights) => ParsePreprocessing(word, () => ReadResolution(weights));

    /// <summary>The preprocessing of a word or file; null for none.</summary>
    /// <param name="word">What was given.</param>
    /// <param name="readResolution">Says the size of images, which a word leaves open.</param>
    public static PreprocessingConfig? ParsePreprocessing(string? word, Func<Resolution> readResolution)
    {
        if (word is null)
            return null;
        if (FindNamed(word) is { } create)
            return create(readResolution());
        return File.Exists(word)
            ? PreprocessingConfig.Read(word)
            : throw new UsageException($"--preprocessing must be openai, hf, siglip, clipa, mobileclip, pe or a file, but there is no file '{word}'.");
    }

    /// <summary>Adds the options to a command, the model first and what is seldom needed last.</summary>
    /// <param name="command">The command.</param>
    /// <param name="own">The command's own options, which come between them in the help.</param>
    public void AddTo(Command command, params ReadOnlySpan<Option> own)
    {
        command.Options.Add(_model);
        foreach (var option in own)
            command.Options.Add(option);
        if (_hasTexts)
            command.Options.Add(_truncate);
        foreach (var option in (Option[])[_device, _precision, _quantize, _batchSize, _activation, _weightsKey, _preprocessing, _vocabulary, .. _decoding.All])
            command.Options.Add(option);
        _hub.AddTo(command);
    }

    /// <summary>Loads the model, with a bar while files come from the Hub.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="towers">What will be embedded; texts need a vocabulary too.</param>
    public async Task<ClipModel> LoadAsync(Invocation invocation, Towers towers)
    {
        var source = invocation.Get(_model) ?? throw new UsageException("Give --model.");
        var options = new ClipModelOptions
        {
            Device = invocation.Get(_device)!,
            Precision = DeviceOptions.Parse(invocation.Get(_precision)),
            Quantization = ParseQuantization(invocation.Get(_quantize)),
            Towers = towers,
            BatchSize = invocation.Get(_batchSize),
            Activation = ParseActivation(invocation.Get(_activation)),
            WeightsKey = invocation.Get(_weightsKey),
            Preprocessing = ParsePreprocessing(invocation.Get(_preprocessing), source),
            Vocabulary = invocation.Get(_vocabulary),
            Images = _decoding.Create(invocation),
            TextOverflow = _hasTexts && invocation.Get(_truncate) ? TokenOverflow.Truncate : TokenOverflow.Throw,
            Hub = _hub.Create(invocation),
        };
        var clip = await ProgressDisplay.RunAsync(invocation.Console, $"Loading {source}", progress =>
            ClipModel.LoadAsync(source, options, new LoadBar(progress), invocation.Cancelled));
        if (!towers.HasFlag(Towers.Text) || clip.HasTokenizer)
            return clip;
        clip.Dispose();
        throw new FailureException($"'{source}' cannot embed texts. {clip.Card.TokenizerProblem}");
    }

    private static WeightQuantization ParseQuantization(string? word) => word switch
    {
        null => WeightQuantization.None,
        "f16" => WeightQuantization.Float16,
        "bf16" => WeightQuantization.BFloat16,
        "int8" => WeightQuantization.Int8,
        _ => throw new UsageException($"There is no quantization '{word}'."),
    };

    private static Func<Resolution, PreprocessingConfig>? FindNamed(string word) => word switch
    {
        "openai" => PreprocessingConfig.OpenAI,
        "hf" => PreprocessingConfig.HuggingFace,
        "siglip" => PreprocessingConfig.SigLip,
        "clipa" => PreprocessingConfig.Clipa,
        "mobileclip" => PreprocessingConfig.MobileClip,
        "pe" => PreprocessingConfig.PerceptionEncoder,
        _ => null,
    };

    private static Resolution ReadResolution(string source)
    {
        if (Directory.Exists(source))
        {
            var (height, width) = DualEncoderConfig.Read(CheckpointFolder.Find(source).Config!).Image.Resolution;
            return new Resolution(height, width);
        }
        if (!File.Exists(source))
            throw new UsageException("--preprocessing by name needs a folder or a file of weights as the model.");
        using var checkpoint = Checkpoint.Open(source);
        return DualEncoderOutline.TryRead(checkpoint)?.Image.Resolution is { } side
            ? side
            : throw new FailureException($"The size of images cannot be read off the shapes in '{source}'. Give --preprocessing a preprocessor_config.json.");
    }
}
