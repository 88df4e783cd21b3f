using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>What vision_cfg of open_clip's config says of a tower of timm.</summary>
/// <remarks>Names and defaults are those of open_clip's CLIPVisionCfg (open_clip, model.py) and of TimmModel (timm_model.py).</remarks>
internal sealed class TimmSettings
{
    private readonly ConfigSection _vision;
    private readonly ConfigSection? _sizes;

    private TimmSettings(ConfigSection vision, string name, ImageSize resolution)
    {
        _vision = vision;
        _sizes = vision.Section("timm_model_kwargs");
        _sizes?.Ignore("img_size");
        Name = name;
        Resolution = resolution;
    }

    /// <summary>timm's name of the network.</summary>
    public string Name { get; }

    /// <summary>Size of the input, in pixels.</summary>
    public ImageSize Resolution { get; }

    /// <summary>timm's global_pool; "" for the network's own.</summary>
    public string Pool => _vision.IsNull("timm_pool") ? "" : _vision.Text("timm_pool") ?? "avg";

    /// <summary>Sizes that replace those of the network's name; null where there are none.</summary>
    public ConfigSection? Sizes => _sizes;

    /// <summary>Reads the settings; null where the tower is none of timm's.</summary>
    public static TimmSettings? TryRead(ConfigSection vision, ImageSize resolution) =>
        vision.Text("timm_model_name") is { } name ? new TimmSettings(vision, name, resolution) : null;

    /// <summary>How features become embeddings.</summary>
    public TimmHeadConfig Head
    {
        get
        {
            var bias = _vision.Flag("timm_proj_bias");
            return (_vision.IsNull("timm_proj") ? "" : _vision.Text("timm_proj") ?? "linear") switch
            {
                "" => new TimmHeadConfig(TimmProjection.Classifier, Bias: true),
                "none" => new TimmHeadConfig(TimmProjection.None),
                "linear" => new TimmHeadConfig(TimmProjection.Linear, bias),
                "mlp" => new TimmHeadConfig(TimmProjection.Mlp, bias),
                var other => throw _vision.Error("timm_proj", $"'{other}' is not supported; '', 'none', 'linear' and 'mlp' are"),
            };
        }
    }

    /// <summary>A size from timm_model_kwargs.</summary>
    public int Integer(string name, int fallback) => _sizes?.Integer(name, fallback) ?? fallback;

    /// <summary>A number from timm_model_kwargs.</summary>
    public double Number(string name, double fallback) => _sizes?.Number(name, fallback) ?? fallback;

    /// <summary>A choice from timm_model_kwargs; false where it does not stand there.</summary>
    public bool Flag(string name) => _sizes?.Flag(name) ?? false;

    /// <summary>The most patches of an image, from vision_cfg.</summary>
    public int SequenceLength(int fallback) => _vision.Integer("image_seq_len", fallback);

    /// <summary>Hidden channels of MLPs by timm's mlp_ratio, rounded down as timm does.</summary>
    /// <param name="width">Channels of a token.</param>
    /// <param name="fallback">The ratio of the network's name.</param>
    public int MlpWidth(int width, double fallback) => Hidden("mlp_ratio", width, Number("mlp_ratio", fallback));

    /// <summary>The same by another ratio; null where it does not stand there.</summary>
    public int? MlpWidth(string name, int width) => _sizes?.OptionalNumber(name) is { } ratio ? Hidden(name, width, ratio) : null;

    /// <summary>The sizes of a transformer, as timm_model_kwargs replaces those of the network's name.</summary>
    /// <param name="width">Channels of a token.</param>
    /// <param name="layers">The number of blocks of the network's name.</param>
    /// <param name="heads">Its attention heads.</param>
    /// <param name="mlpRatio">Its hidden channels of MLPs by channels of a token.</param>
    /// <param name="activation">The activation.</param>
    public TransformerConfig Transformer(int width, int layers, int heads, double mlpRatio, Activation activation) => new()
    {
        Width = width,
        Layers = Integer("depth", layers),
        Heads = Integer("num_heads", heads),
        MlpWidth = MlpWidth(width, mlpRatio),
        Activation = activation,
    };

    /// <summary>Height and width of a grid from timm_model_kwargs.</summary>
    public ImageSize Grid(string name, ImageSize fallback) => _sizes?.IntegerOrList(name) switch
    {
        null => fallback,
        [var side] => side,
        [var height, var width] => new ImageSize(height, width),
        _ => throw Error($"timm_model_kwargs.{name}", "it must be one number or height and width"),
    };

    /// <summary>A list of sizes from timm_model_kwargs.</summary>
    public IReadOnlyList<int> Integers(string name, IReadOnlyList<int> fallback) => _sizes?.IntegerOrList(name) ?? fallback;

    /// <summary>The exception for a setting of vision_cfg.</summary>
    public CheckpointException Error(string name, string problem) => _vision.Error(name, problem);

    /// <summary>Refuses settings of timm_model_kwargs that nobody asked for: they may change what the network computes.</summary>
    public void RefuseUnknown() => _sizes?.RefuseUnknown();

    /// <summary>Requires that features are the mean of the tokens, which is the network's own pooling too.</summary>
    /// <remarks>Where the network's own classifier is kept, or nothing put in its place, "" means no pooling at all.</remarks>
    public void RequireMean()
    {
        if (Head.Projection is TimmProjection.Linear or TimmProjection.Mlp)
            RequirePool("", "avg");
        else
            RequirePool("avg");
    }

    /// <summary>Refuses a pooling that the network cannot have.</summary>
    /// <param name="pools">Those that it can.</param>
    public void RequirePool(params IReadOnlyList<string> pools)
    {
        if (!pools.Contains(Pool))
            throw Error("timm_pool", $"'{Pool}' is not supported for {Name}; {string.Join(" and ", pools.Select(pool => $"'{pool}'"))} are");
    }

    private int Hidden(string name, int width, double ratio)
    {
        // A width that is impossible itself is refused with the config.
        var hidden = Math.Clamp(width, 1, ConfigCheck.LargestWidth) * ratio;
        return hidden is >= 1 and <= int.MaxValue ? (int)hidden : throw Error($"timm_model_kwargs.{name}", $"{hidden} hidden channels are not possible");
    }
}
