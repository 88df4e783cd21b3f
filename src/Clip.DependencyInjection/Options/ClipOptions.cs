using Clip.Models;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip.DependencyInjection;

/// <summary>What an application sets about a model: in code, or in a section of its configuration whose keys are these names.</summary>
/// <remarks>
/// Read once, when the model is loaded: a change of configuration after that has no effect. A key that is none of these names
/// is an error. What is not here is set with <see cref="ConfigureModel"/>.
/// </remarks>
public sealed class ClipOptions
{
    /// <summary>A known name ("ViT-B/32"), a Hub repository ("openai/clip-vit-base-patch32", "org/name@revision"), a folder or a file.</summary>
    public string Model { get; set; } = "ViT-B/32";

    /// <summary>"auto", "cpu", "cuda", "cuda:1" or "mps".</summary>
    public string Device { get; set; } = "auto";

    /// <summary>The precision of the network; <see cref="Precision.Auto"/> for the best one of the device.</summary>
    public Precision Precision { get; set; }

    /// <summary>Whether linear layers are rounded to fewer bits for a CPU, as <see cref="ClipModelOptions.Quantization"/> says.</summary>
    public WeightQuantization Quantization { get; set; }

    /// <summary>Which towers are loaded: one suffices to embed images alone, or texts alone, in less memory.</summary>
    public Towers Towers { get; set; } = Towers.Both;

    /// <summary>Images per pass of the network, at least 1; null for a size that fits the device.</summary>
    public int? BatchSize { get; set; }

    /// <summary>Whether a vector is bit-equal whatever else is embedded with it; slower.</summary>
    public bool BatchInvariant { get; set; }

    /// <summary>Images decoded at the same time by one call, at least 1; null for one per processor.</summary>
    public int? DecodingThreads { get; set; }

    /// <summary>
    /// Whether large JPEG files are decoded at a fraction of their size, as <see cref="Preprocessing.ImagePreprocessorOptions.FastDecoding"/> says: faster, and a
    /// little different, so that an index and its queries should be made alike.
    /// </summary>
    public bool FastDecoding { get; set; }

    /// <summary>Calls that compute at the same time, at least 1; further ones wait without holding a thread. Null for one per processor.</summary>
    public int? MaxConcurrency { get; set; }

    /// <summary>What happens to a text that is longer than the context.</summary>
    public TokenOverflow TextOverflow { get; set; }

    /// <summary>The activation of a file of weights that does not say it.</summary>
    public Activation? Activation { get; set; }

    /// <summary>What the weights' names begin with in a training checkpoint, such as "ema", where it holds several models.</summary>
    public string? WeightsKey { get; set; }

    /// <summary>The file or folder of the vocabulary, where it does not lie beside the weights.</summary>
    public string? Vocabulary { get; set; }

    /// <summary>Whether nothing may be downloaded: what is not a file here has to be in the cache. Null for what HF_HUB_OFFLINE says.</summary>
    public bool? Offline { get; set; }

    /// <summary>The folder of the Hub's cache; null for the one that HF_HUB_CACHE, HF_HOME or the platform names.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>The last word on how the model is loaded, for what has no property here: <c>options => options with { ... }</c>.</summary>
    public Func<ClipModelOptions, ClipModelOptions>? ConfigureModel { get; set; }
}
