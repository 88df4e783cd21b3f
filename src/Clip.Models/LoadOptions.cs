using Clip.Runtime;

namespace Clip.Models;

/// <summary>How a checkpoint becomes a <see cref="DualEncoder"/>.</summary>
public sealed record LoadOptions
{
    /// <summary>Device and precision; null for float32 on the CPU.</summary>
    public ComputeTarget? Target { get; init; }

    /// <summary>The architecture, for checkpoints that have no config file beside them; null to find it.</summary>
    public DualEncoderConfig? Config { get; init; }

    /// <summary>
    /// The activation of a single file with OpenAI's architecture, whose sizes are read off its shapes. OpenAI's own nine
    /// models have <see cref="Activation.QuickGelu"/>. Weights do not record it, and the wrong one is wrong silently.
    /// </summary>
    public Activation? Activation { get; init; }

    /// <summary>
    /// What the weights' names begin with in a checkpoint of a training program, such as "ema" or "state_dict.student"; null to find it.
    /// Known wrappers are taken off without it (docs/models.md); where a checkpoint holds the model and its moving average, it says which.
    /// </summary>
    public string? WeightsKey { get; init; }

    /// <summary>
    /// The model that an adapter of the PEFT library belongs to, a folder or file as <see cref="DualEncoder.Load"/> takes it, where the path is
    /// the adapter's folder; null for the local folder that the adapter's config names.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>Another input size than the weights were trained for: their position embeddings are interpolated; null to keep it.</summary>
    public ImageSize? Resolution { get; init; }

    /// <summary>Another context length than the weights were trained for: their position embeddings are interpolated; null to keep it.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Whether weights may be NaN or infinite, which makes embeddings meaningless.</summary>
    public bool AllowNonFinite { get; init; }

    /// <summary>
    /// Which towers <see cref="DualEncoder.LoadForInference"/> loads; the other's weights are neither read nor kept, though their names and shapes have to fit.
    /// Captioners write no captions without both.
    /// </summary>
    public Towers Towers { get; init; } = Towers.Both;

    /// <summary>Told after each tensor that is read, by the threads that read, one at a time; null for nobody.</summary>
    public IProgress<WeightProgress>? Progress { get; init; }

    /// <summary>Whether settings of a config file that are not known here are passed over rather than refused.</summary>
    public bool IgnoreUnknownSettings { get; init; }
}
