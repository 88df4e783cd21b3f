using System.Text;
using System.Text.Json.Nodes;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip;

/// <summary>A published set of weights that <see cref="ClipModel.Load"/> takes by name.</summary>
/// <remarks>Names, tags, repositories and preprocessing are those of open_clip's table (mlfoundations/open_clip, pretrained.py).</remarks>
public sealed record KnownModel
{
    internal KnownModel()
    {
    }

    /// <summary>The architecture's name, such as "ViT-B-16".</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it was trained on and how, such as "datacomp_xl_s13b_b90k".</summary>
    public string Tag { get; internal init; } = "";

    /// <summary>Name and tag, such as "ViT-B-16/datacomp_xl_s13b_b90k".</summary>
    public string FullName => $"{Name}/{Tag}";

    /// <summary>The repository of the Hugging Face Hub that <see cref="ClipModel.Load"/> takes for the name.</summary>
    public string Repository { get; internal init; } = "";

    /// <summary>The file of weights in the repository; null where it has one of the usual names.</summary>
    public string? File { get; internal init; }

    /// <summary>Another repository with the same weights in another layout, such as "google/siglip2-base-patch16-224"; null where none is known.</summary>
    public string? AlsoAt { get; internal init; }

    /// <summary>The file of weights in that other repository; null where it has one of the usual names.</summary>
    public string? AlsoAtFile { get; internal init; }

    /// <summary>The side of the images that the model takes, in pixels.</summary>
    public int Resolution { get; internal init; }

    /// <summary>Parameters of the image tower, rounded to 10,000; null where the count is not published and not known.</summary>
    /// <remarks>Source: open_clip, docs/model_profile.csv; for models that it lacks, the sizes of their configs.</remarks>
    public long? ImageParameters { get; internal init; }

    /// <summary>Parameters of the text tower, rounded to 10,000; null where the count is not published and not known.</summary>
    /// <remarks>Source: open_clip, docs/model_profile.csv; for models that it lacks, the sizes of their configs.</remarks>
    public long? TextParameters { get; internal init; }

    /// <summary>The published zero-shot accuracy on ImageNet-1k, top 1, from 0 to 1; null where none is known.</summary>
    public double? ImageNetAccuracy { get; internal init; }

    /// <summary>
    /// Who published the accuracy: "open_clip" (docs/openclip_results.csv, ImageNet 1k), "open_clip README", "big_vision" (README_siglip2.md),
    /// "perception_models" (apps/pe/README.md) or "ml-mobileclip" (README.md); null where there is none.
    /// </summary>
    public string? AccuracySource { get; internal init; }

    /// <summary>Whether the weights were trained with the sigmoid form of GELU, as OpenAI's were.</summary>
    public bool UsesQuickGelu { get; internal init; }

    /// <summary>
    /// The license of the weights, an SPDX identifier, "Apple research" or "CreativeML OpenRAIL-M"; null where it is not known for certain. The repository's own
    /// statement is what counts.
    /// </summary>
    public string? License { get; internal init; }

    /// <summary>How images are prepared where the repository does not say.</summary>
    public PreprocessingConfig Preprocessing { get; internal init; } = PreprocessingConfig.OpenAI(224);

    /// <summary>The architecture as open_clip's JSON has it; empty where only the repository's own config has it.</summary>
    internal string ConfigJson { get; init; } = "";

    /// <summary>The architecture, with the activation that the weights were trained with.</summary>
    /// <param name="ignoreUnknown">Whether settings that are not known here are passed over.</param>
    /// <exception cref="Checkpoints.CheckpointException">It is not supported; the message says what in it.</exception>
    internal DualEncoderConfig ReadConfig(bool ignoreUnknown = false)
    {
        var json = JsonNode.Parse(ConfigJson)!.AsObject();
        if (UsesQuickGelu)
            json["quick_gelu"] = true;
        return DualEncoderConfig.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), $"the config of {Name}", ignoreUnknown);
    }
}
