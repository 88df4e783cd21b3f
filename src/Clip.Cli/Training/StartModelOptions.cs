using System.CommandLine;
using Clip.Cli.Options;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip.Cli.Training;

/// <summary>The options that say which model is trained, and where.</summary>
internal sealed class StartModelOptions
{
    // Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", section 3.2.
    private const double SigLipBias = -10;
    private static readonly double SigLipScale = Math.Log(10);

    private readonly Option<string?> _init = Values.Text("--init", "The model to fine-tune: a name, a repository of the Hub, a folder or a file.", "MODEL");

    private readonly Option<string?> _preset = Values.Text("--preset", "Instead of --init, a fresh model: one of OpenAI's nine (ViT-B/32), or a config file of open_clip or Hugging Face.", "NAME|FILE");

    private readonly Option<string?> _vocabulary = Values.Text("--vocabulary", "Folder or file with the vocabulary: for a fresh model, or where the model has none beside it.", "PATH");

    private readonly Option<string?> _preprocessing = ModelOptions.PreprocessingOption();

    private readonly Option<string?> _activation = ModelOptions.ActivationOption();

    private readonly Option<string?> _weightsKey = ModelOptions.WeightsKeyOption();

    private readonly Option<string?> _device = DeviceOptions.Device();

    private readonly HubSettings _hub = new();

    /// <summary>The options of the model.</summary>
    public IEnumerable<Option> Model => [_init, _preset, _vocabulary];

    /// <summary>Adds the options that are seldom needed.</summary>
    public void AddRestTo(Command command)
    {
        foreach (var option in (Option[])[_device, _activation, _weightsKey, _preprocessing])
            command.Options.Add(option);
        _hub.AddTo(command);
    }

    /// <summary>Whether the model is a fresh one.</summary>
    public bool IsFresh(Invocation invocation) => invocation.Get(_preset) is not null;

    /// <summary>Checks the options, and that the device is there and computes in the precision.</summary>
    /// <exception cref="UsageException">They contradict each other.</exception>
    /// <exception cref="ComputeTargetException">The machine lacks the device, or the device the precision.</exception>
    public void Require(Invocation invocation, Precision precision)
    {
        var isFresh = IsFresh(invocation);
        if (isFresh == (invocation.Get(_init) is not null))
            throw new UsageException("Give one of --init, the model to fine-tune, and --preset, the sizes of a fresh one.");
        var vocabulary = invocation.Get(_vocabulary);
        if (isFresh && vocabulary is null)
            throw new UsageException("--preset needs --vocabulary: a fresh model has none beside it.");
        if (vocabulary is not null && !File.Exists(vocabulary) && !Directory.Exists(vocabulary))
            throw new FailureException($"--vocabulary must be a file or folder, but there is no '{vocabulary}'.");
        if (isFresh && invocation.IsGiven(_activation))
            throw new UsageException("--activation is for --init; a preset has its own.");
        if (isFresh && invocation.IsGiven(_weightsKey))
            throw new UsageException("--weights-key is for --init; a fresh model has no checkpoint.");
        ComputeTarget.Resolve(invocation.Get(_device)!, precision);
    }

    /// <summary>Loads the model, or makes a fresh one.</summary>
    /// <param name="invocation">The command line, which was checked.</param>
    /// <param name="isSigLip">Whether it is trained with SigLIP's loss, for which a model needs a logit bias.</param>
    /// <param name="seed">Decides about the weights of a fresh model.</param>
    public Task<StartModel> LoadAsync(Invocation invocation, bool isSigLip, long seed) =>
        IsFresh(invocation) ? Task.FromResult(Create(invocation, isSigLip, seed)) : LoadAsync(invocation, isSigLip);

    private async Task<StartModel> LoadAsync(Invocation invocation, bool isSigLip)
    {
        var source = invocation.Get(_init)!;
        var options = new ClipModelOptions
        {
            Device = invocation.Get(_device)!,
            Precision = Precision.Float32,
            KeepPlainWeights = true,
            Activation = ModelOptions.ParseActivation(invocation.Get(_activation)),
            WeightsKey = invocation.Get(_weightsKey),
            Preprocessing = ModelOptions.ParsePreprocessing(invocation.Get(_preprocessing), source),
            Vocabulary = invocation.Get(_vocabulary),
            TextOverflow = TokenOverflow.Truncate,
            Hub = _hub.Create(invocation),
        };
        var clip = await ProgressDisplay.RunAsync(invocation.Console, $"Loading {source}", progress =>
            ClipModel.LoadAsync(source, options, new LoadBar(progress), invocation.Cancelled));
        try
        {
            if (!clip.HasTokenizer)
                throw new FailureException($"'{source}' cannot be trained on captions. {clip.Card.TokenizerProblem}");
            if (isSigLip && clip.LogitBias is null)
                throw new FailureException($"--loss siglip needs a model with a logit bias, which '{source}' has not. Leave --loss out.");
            return new StartModel(
                clip.PlainNetwork, clip.Card.Preprocessing, clip.Tokenizer, new CheckpointFolder(clip.Card.ConfigPath, clip.Card.WeightsPath), clip.Card.VocabularyPath!, clip);
        }
        catch
        {
            clip.Dispose();
            throw;
        }
    }

    private static ContextTokenizer LoadTokenizer(string vocabulary, TextTowerConfig text)
    {
        const TokenOverflow Overflow = TokenOverflow.Truncate;
        return text.Tokenizer switch
        {
            TokenizerKind.Clip or TokenizerKind.Unknown =>
                ClipTokenizer.Load(vocabulary, ClipTokenizerOptions.OpenClip with { ContextLength = text.ContextLength, Overflow = Overflow }),
            TokenizerKind.SigLip => SigLipTokenizer.Load(vocabulary, new SigLipTokenizerOptions { ContextLength = text.ContextLength, Overflow = Overflow }),
            TokenizerKind.Gemma => Pretrained(PretrainedTokenizerOptions.Gemma),
            TokenizerKind.XlmRoberta => Pretrained(PretrainedTokenizerOptions.XlmRoberta),
            TokenizerKind.Nllb => Pretrained(PretrainedTokenizerOptions.Nllb),
            TokenizerKind.T5 => Pretrained(PretrainedTokenizerOptions.T5),
            TokenizerKind.Tiktoken => Pretrained(PretrainedTokenizerOptions.Tiktoken),
            _ => Pretrained(new PretrainedTokenizerOptions()),
        };

        PretrainedTokenizer Pretrained(PretrainedTokenizerOptions options) =>
            PretrainedTokenizer.Load(vocabulary, options with { ContextLength = text.ContextLength, Overflow = Overflow });
    }

    private StartModel Create(Invocation invocation, bool isSigLip, long seed)
    {
        var config = ReadConfig(invocation.Get(_preset)!);
        var vocabulary = Path.GetFullPath(invocation.Get(_vocabulary)!);
        var tokenizer = LoadTokenizer(vocabulary, config.Text);
        config = config with { Text = config.Text.WithVocabulary(tokenizer.VocabularySize, tokenizer.EndTokenId) };
        if (isSigLip && config.InitialLogitBias is null)
            config = config with { InitialLogitBias = SigLipBias, InitialLogitScale = SigLipScale };

        var size = new Resolution(config.Image.Resolution.Height, config.Image.Resolution.Width);
        var preprocessing = ModelOptions.ParsePreprocessing(invocation.Get(_preprocessing), () => size)
            ?? UsualFor(config.Image.UsualPreprocessing, size);
        if (preprocessing.Resolution != size)
            throw new FailureException($"--preprocessing makes images of {preprocessing.Resolution}, but '{invocation.Get(_preset)}' takes {size}.");

        TorchLibraries.EnsureLoaded();
        manual_seed(seed);
        var network = new DualEncoder(config);
        network.to(ComputeTarget.Resolve(invocation.Get(_device)!, Precision.Float32).Device);
        return new StartModel(network, preprocessing, tokenizer, files: null, vocabulary, network);
    }

    private static PreprocessingConfig UsualFor(UsualPreprocessing usual, Resolution size) => usual switch
    {
        UsualPreprocessing.SigLip => PreprocessingConfig.SigLip(size),
        UsualPreprocessing.Clipa => PreprocessingConfig.Clipa(size),
        UsualPreprocessing.MobileClip => PreprocessingConfig.MobileClip(size),
        UsualPreprocessing.PerceptionEncoder => PreprocessingConfig.PerceptionEncoder(size),
        _ => PreprocessingConfig.OpenAI(size),
    };

    private static DualEncoderConfig ReadConfig(string preset)
    {
        if (DualEncoderConfig.Presets.TryGetValue(preset, out var config))
            return config;
        return File.Exists(preset)
            ? DualEncoderConfig.Read(preset)
            : throw new UsageException($"--preset must be one of {string.Join(", ", DualEncoderConfig.Presets.Keys)}, or a config file, but there is no file '{preset}'.");
    }
}
