namespace Clip.Models;

/// <summary>Sizes and choices of a stack of residual attention blocks.</summary>
public sealed record TransformerConfig
{
    /// <summary>Channels per token. A multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of residual attention blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads per block; each sees Width / Heads channels.</summary>
    public required int Heads { get; init; }

    /// <summary>The MLPs' nonlinearity. Checkpoints do not record it in their tensors.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Hidden channels of the MLPs; by default 4 x <see cref="Width"/>.</summary>
    public int MlpWidth
    {
        get => field == 0 ? 4 * Width : field;
        init;
    }

    /// <summary>Added to the variance in every layer norm of the tower; 1e-5, in SigLIP's models 1e-6.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>
    /// The initial value of a learned gain per channel on each residual branch, or null for no such gains
    /// (Touvron et al. 2021, "Going deeper with Image Transformers", section 2.1).
    /// </summary>
    public double? LayerScale { get; init; }

    /// <summary>Whether two configs describe the same blocks; a default counts as the value it stands for.</summary>
    /// <param name="other">The other config.</param>
    public bool Equals(TransformerConfig? other) => other is not null && Values == other.Values;

    /// <inheritdoc/>
    public override int GetHashCode() => Values.GetHashCode();

    private (int, int, int, Activation, int, double, double?) Values =>
        (Width, Layers, Heads, Activation, MlpWidth, NormEpsilon, LayerScale);

    internal void Validate(ConfigCheck check)
    {
        check.InRange(Width, 1, ConfigCheck.LargestWidth);
        check.InRange(Layers, 1, ConfigCheck.MostLayers);
        check.InRange(Heads, 1, Width);
        check.That(Width % Heads == 0, nameof(Heads), $"a width of {Width} does not divide into {Heads} heads");
        check.InRange(MlpWidth, 1, ConfigCheck.LargestWidth * 4);
        check.IsDefined(Activation);
        check.That(NormEpsilon is > 0 and < 1, nameof(NormEpsilon), $"{NormEpsilon} is not between 0 and 1");
        check.That(LayerScale is null || double.IsFinite(LayerScale.Value), nameof(LayerScale), "it must be a finite number");
    }
}
