using Clip.Models;
using Clip.Preprocessing;

namespace Clip;

/// <summary>Finds what belongs to weights: in the config files beside them, in the table of known hashes, in the options. Nothing is guessed.</summary>
internal sealed class CardBuilder
{
    private const string HuggingFaceConfig = "config.json";

    private readonly LocalModel _model;
    private readonly ClipModelOptions _options;
    private readonly CheckpointFolder _files;
    private readonly bool _hasFolder;
    private readonly bool _isApple;
    private readonly KnownModel? _known;
    private readonly PreprocessingConfig? _preprocessing;

    /// <summary>Looks at the files.</summary>
    /// <param name="model">The model's files.</param>
    /// <param name="options">What the caller states.</param>
    /// <param name="cancellationToken">Ends the reading of a large file for its hash.</param>
    /// <exception cref="ModelSourceException">Activation or preprocessing cannot be known; the message says which option states it.</exception>
    public CardBuilder(LocalModel model, ClipModelOptions options, CancellationToken cancellationToken)
    {
        _model = model;
        _options = options;
        _files = model.FindFiles();
        _hasFolder = _files.Config is not null;
        _known = model.Known ?? FindKnown(cancellationToken);
        // OpenAI's own files say nothing about themselves, and a config beside one is another model's.
        if (_files.Config is null && _known is null && options is { Activation: null, Config: null })
            _files = _files with { Config = CheckpointFolder.FindConfigBeside(_files.Weights) };
        _isApple = _files.Config is null && _known is null && options is { Activation: null, Config: null } && DualEncoderConfig.TryRecognize(_files.Weights) is not null;
        RequireStated();
        OpenClip = _files.Config is null ? UsedCatalogModel is { } used ? OpenClipText.ReadCatalog(used.ConfigJson) : null
            : IsHuggingFace(_files.Config) ? null
            : OpenClipText.Read(_files.Config);
        _preprocessing = options.Preprocessing ?? ReadPreprocessing();
        Config = options.Config ?? ReadConfig();
    }

    /// <summary>What the caller named.</summary>
    public string Source => _model.Source;

    /// <summary>The weights, or the index of their shards, from the root on.</summary>
    public string WeightsPath => Path.GetFullPath(_files.Weights);

    /// <summary>Their config, from the root on; null where there is none.</summary>
    public string? ConfigPath => _files.Config is null ? null : Path.GetFullPath(_files.Config);

    /// <summary>The published model's name; null for another.</summary>
    public string? KnownName => _known is null ? null : OpenAIModel.NameOf(_known) ?? _known.FullName;

    /// <summary>The architecture, where it is said beside the weights; null where they say it themselves. They may say more of it, which nothing here depends on.</summary>
    public DualEncoderConfig? Config { get; }

    /// <summary>What open_clip's config says about texts; null where there is none.</summary>
    public OpenClipText? OpenClip { get; }

    /// <summary>The folder whose weights they are, or the weights.</summary>
    public string LoadPath => !_hasFolder ? _files.Weights : Path.GetDirectoryName(_files.Weights)!;

    /// <summary>What the network's loader must be told.</summary>
    public LoadOptions LoadOptions => new()
    {
        Config = Config,
        Activation = _options.Activation ?? (_files.Config is null && _options.Config is null && _known is { UsesQuickGelu: true } ? Activation.QuickGelu : null),
        WeightsKey = _options.WeightsKey,
        Resolution = _options.Resolution ?? _model.NamedResolution,
        AllowNonFinite = _options.AllowNonFinite,
        IgnoreUnknownSettings = _options.IgnoreUnknownSettings,
    };

    /// <summary>Makes the card of a model that is loaded.</summary>
    /// <param name="config">The network's architecture.</param>
    /// <exception cref="ModelSourceException">Preprocessing and network disagree about the size of images.</exception>
    public ModelCard Build(DualEncoderConfig config) => new()
    {
        Source = Source,
        Revision = _model.Revision,
        WeightsPath = WeightsPath,
        ConfigPath = ConfigPath,
        Known = _known,
        KnownName = KnownName,
        CatalogConfig = UsedCatalogModel?.ConfigJson,
        Config = config,
        Preprocessing = FitPreprocessing(config.Image.Resolution, config.Image.FlexiblePatchSize),
    };

    private static bool IsHuggingFace(string config) => Path.GetFileName(config) == HuggingFaceConfig && !OpenClipText.IsApple(config);

    // Only a file that says nothing about itself is worth the time of reading all of it.
    // OpenAI's own files, known by their hash, are read by their shapes.
    private KnownModel? UsedCatalogModel =>
        _files.Config is null && _options.Config is null && _model.Known is { ConfigJson.Length: > 0 } known ? known : null;

    private KnownModel? FindKnown(CancellationToken cancellationToken)
    {
        var isStated = _options is { Preprocessing: not null } and ({ Activation: not null } or { Config: not null });
        return _files.Config is null && !isStated ? OpenAIModel.ByHash(WeightsHash.Compute(_files.Weights, cancellationToken)) : null;
    }

    // A folder has an activation of its own, beside which the loader refuses another.
    private DualEncoderConfig? ReadConfig() => _files.Config is null ? UsedCatalogModel?.ReadConfig(_options.IgnoreUnknownSettings)
        : _hasFolder && _options.Activation is not null ? null
        : DualEncoderConfig.Read(_files.Config, _options.IgnoreUnknownSettings);

    private void RequireStated()
    {
        if (_files.Config is not null || _known is not null || _isApple)
            return;
        var missing = new List<string>();
        if (_options is { Activation: null, Config: null })
            missing.Add($"which activation they were trained with: set {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Activation)}, or {nameof(ClipModelOptions.Config)}");
        if (_options.Preprocessing is null)
            missing.Add($"how images are prepared: set {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Preprocessing)} (such as PreprocessingConfig.OpenAI(224))");
        if (missing.Count > 0)
        {
            throw new ModelSourceException(
                _model.Source,
                "is a file of weights, and its hash is none of OpenAI's nine models. Weights do not say "
                + string.Join("; nor ", missing) + ". Or load the folder that holds its config too.");
        }
    }

    // Null where nothing beside the weights says it and they are a published model's.
    private PreprocessingConfig? ReadPreprocessing()
    {
        if (_files.Config is null)
            return null;

        var isOpenClip = OpenClip is not null;
        var path = isOpenClip ? _files.Config : PreprocessingConfig.FindHuggingFaceFile(Path.GetDirectoryName(_files.Config)!);
        if (path is not null && OpenClip is not { HasPreprocessing: false })
            return PreprocessingConfig.Read(path);
        if (_known is not null)
            return null;
        throw new ModelSourceException(
            _model.Source,
            (isOpenClip ? $"has no preprocess_cfg in '{path}'" : "has no 'preprocessor_config.json' or 'processor_config.json' with an image processor beside its weights")
            + ", so that it cannot be known how images are prepared. Add what was published with the weights, or set "
            + $"{nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Preprocessing)} (such as PreprocessingConfig.OpenAI(224)).");
    }

    private PreprocessingConfig FitPreprocessing(ImageSize size, int? patchSize)
    {
        var resolution = new Resolution(size.Height, size.Width);
        var preprocessing = _preprocessing ?? (_isApple ? PreprocessingConfig.MobileClip(resolution) : _known!.Preprocessing with { Resolution = resolution });
        if (preprocessing.Patches is { } patches ? patches.PatchSize == patchSize : preprocessing.Resolution == resolution)
            return preprocessing;
        if (preprocessing.Patches is null && (_options.Resolution ?? _model.NamedResolution) is not null && _options.Preprocessing is null)
            return preprocessing with { Resolution = resolution };

        throw new ModelSourceException(
            _model.Source,
            $"takes images of {(patchSize is null ? $"{size}" : $"patches of {patchSize} pixels")}, but its preprocessing makes "
            + $"{(preprocessing.Patches is { } made ? $"patches of {made.PatchSize} pixels" : $"images of {preprocessing.Resolution}")}. Set "
            + $"{nameof(ClipModelOptions)}.{nameof(ClipModelOptions.Preprocessing)} to one of that size.");
    }
}
