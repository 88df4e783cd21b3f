using Clip.Hub;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip;

/// <summary>How a model is loaded and used. The defaults fit every checkpoint that says what it is.</summary>
public sealed record ClipModelOptions
{
    /// <summary>Where the network runs: "auto", "cpu", "cuda", "cuda:1", "mps". Auto takes the first GPU that can be used, else the CPU.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The precision the network computes in; auto is float32 on every CPU, and on a GPU half precision where it is faster.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>
    /// Whether the network keeps its weights as they are in the file, to be trained, copied or exported by
    /// <see cref="ClipModel.PlainNetwork"/>. By default they are packed for inference, as <see cref="DualEncoder.PackForInference"/> says.
    /// </summary>
    public bool KeepPlainWeights { get; init; }

    /// <summary>
    /// Whether linear layers are rounded to fewer bits for a CPU, as <see cref="DualEncoder.PackForInference"/> says;
    /// <see cref="Precision"/> is then float32 where it is left to choose. What cannot be quantized is refused.
    /// </summary>
    public WeightQuantization Quantization { get; init; }

    /// <summary>
    /// Which towers are loaded. One that embeds images alone, or answers queries against an index of images, needs one of the two: loading takes less time and memory,
    /// and what the other would compute is refused. Embeddings are the same to the bit.
    /// </summary>
    public Towers Towers { get; init; } = Towers.Both;

    /// <summary>Images in one pass of the network, at least 1; null for a size that fits the device. Texts are batched by their lengths.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// Whether a vector is bit-equal whatever else is embedded with it. Matrix products of other sizes sum in another order, so
    /// without this, vectors of different batches differ in their last bits. Inputs then pass the network one by one, which is slower.
    /// </summary>
    public bool BatchInvariant { get; init; }

    /// <summary>Images decoded at the same time, at least 1; null for one per processor.</summary>
    public int? DecodingThreads { get; init; }

    /// <summary>What happens to a text that is longer than the context. By default it is an error, so that nothing is dropped in silence.</summary>
    public TokenOverflow TextOverflow { get; init; } = TokenOverflow.Throw;

    /// <summary>The activation of a file of weights that is not one of OpenAI's nine and has no config beside it.</summary>
    public Activation? Activation { get; init; }

    /// <summary>The architecture of a file of weights without a config.</summary>
    public DualEncoderConfig? Config { get; init; }

    /// <summary>
    /// What the weights' names begin with in a checkpoint of a training program, such as "ema"; null to find it. Where a checkpoint holds
    /// the model and its moving average, this says which.
    /// </summary>
    public string? WeightsKey { get; init; }

    /// <summary>How images become pixels, where the checkpoint does not say it; what is stated here wins.</summary>
    public PreprocessingConfig? Preprocessing { get; init; }

    /// <summary>The file or folder of the vocabulary, where it does not lie beside the weights.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>How captions become tokens, where that differs from what the checkpoint says; its context length is the model's.</summary>
    public ClipTokenizerOptions? Tokenization { get; init; }

    /// <summary>Another input size than the weights were trained for: their position embeddings are interpolated; null to keep it.</summary>
    public ImageSize? Resolution { get; init; }

    /// <summary>How image files are decoded: decoder, limits, orientation.</summary>
    public ImagePreprocessorOptions Images { get; init; } = new();

    /// <summary>How the Hugging Face Hub and its cache on this machine are used; by default as its environment variables say.</summary>
    public HubOptions Hub { get; init; } = new();

    /// <summary>Whether weights may be NaN or infinite, which makes embeddings meaningless.</summary>
    public bool AllowNonFinite { get; init; }

    /// <summary>Whether settings of config files that are not known here are passed over rather than refused.</summary>
    public bool IgnoreUnknownSettings { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Device);
        ArgumentNullException.ThrowIfNull(Images);
        ArgumentNullException.ThrowIfNull(Hub);
        RequirePositive(BatchSize, nameof(BatchSize));
        RequirePositive(DecodingThreads, nameof(DecodingThreads));
        if (!Enum.IsDefined(TextOverflow))
            throw new ArgumentException($"{nameof(TextOverflow)} has no value {TextOverflow}.");
        if (!Enum.IsDefined(Quantization))
            throw new ArgumentException($"{nameof(Quantization)} has no value {Quantization}.");
        if (Towers is not (Towers.Image or Towers.Text or Towers.Both))
            throw new ArgumentException($"{nameof(Towers)} is {Towers}, which names no tower.");
        if (KeepPlainWeights && Towers != Towers.Both)
            throw new ArgumentException($"State either {nameof(KeepPlainWeights)} or {nameof(Towers)}: the plain network has both.");
        if (KeepPlainWeights && Quantization != WeightQuantization.None)
            throw new ArgumentException($"State either {nameof(KeepPlainWeights)} or {nameof(Quantization)}, which changes them.");
        if (this is { Activation: not null, Config: not null })
            throw new ArgumentException($"State either {nameof(Config)}, which has the activation, or {nameof(Activation)} alone.");
    }

    private static void RequirePositive(int? value, string name)
    {
        if (value is < 1)
            throw new ArgumentException($"{name} is {value} and has to be at least 1.");
    }
}
