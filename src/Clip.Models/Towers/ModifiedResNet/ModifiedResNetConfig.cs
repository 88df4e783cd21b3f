namespace Clip.Models;

/// <summary>Sizes of a ResNet image tower with CLIP's changes (Radford et al. 2021, section 2.4).</summary>
public sealed record ModifiedResNetConfig : ImageTowerConfig
{
    /// <summary>By how much the tower shrinks the sides of an image.</summary>
    internal const int Stride = 32;

    /// <summary>Bottleneck blocks in each of the four stages, such as 3, 4, 6, 3.</summary>
    public required ValueList<int> Blocks { get; init; }

    /// <summary>Channels after the stem; the last stage has 32 times as many. An even number.</summary>
    public required int Width { get; init; }

    /// <summary>Heads of the attention pooling; divides <see cref="FeatureSize"/>. In OpenAI's models FeatureSize / 64.</summary>
    public required int Heads { get; init; }

    /// <inheritdoc/>
    public override int FeatureSize => 32 * Width;

    internal override ImageFamily Family => ModifiedResNetFamily.Instance;

    internal override ImageTowerOutline Outline =>
        new(ModifiedResNetFamily.Name, Resolution.SquareSide, null, Width, Blocks.Sum());

    internal override void Validate(ConfigCheck check)
    {
        check.InRange(Resolution.Height, 1, ConfigCheck.LargestResolution, "Resolution.Height");
        check.That(
            Resolution.Height == Resolution.Width && Resolution.Height % 32 == 0,
            nameof(Resolution),
            $"{Resolution} is not a square whose side is a multiple of 32, by which the tower shrinks it");
        check.That(Blocks.Count == 4, nameof(Blocks), $"there must be four stages but are {Blocks.Count}");
        for (var stage = 0; stage < Blocks.Count; stage++)
            check.InRange(Blocks[stage], 1, ConfigCheck.MostLayers, $"Blocks[{stage}]");
        check.InRange(Width, 2, ConfigCheck.LargestWidth / 32);
        check.That(Width % 2 == 0, nameof(Width), $"{Width} is odd; the stem has half as many channels");
        check.InRange(Heads, 1, FeatureSize);
        check.That(FeatureSize % Heads == 0, nameof(Heads), $"{FeatureSize} channels do not divide into {Heads} heads");
    }
}
