using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>The names of text towers in Apple's files for MobileCLIP.</summary>
internal static class AppleTextNames
{
    /// <summary>What all of them begin with.</summary>
    public const string Root = "text_encoder.";

    /// <summary>The vectors of tokens.</summary>
    public const string Tokens = $"{Root}embedding_layer.weight";

    /// <summary>The vectors of positions, [1, 1, L, W].</summary>
    public const string Positions = $"{Root}positional_embedding.pos_embed.pos_embed";

    /// <summary>The projection, [W, E].</summary>
    public const string Projection = $"{Root}projection_layer";

    /// <summary>What the names of blocks begin with.</summary>
    public const string Blocks = $"{Root}transformer.";

    /// <summary>The rules for all of a tower but what stands beside the blocks.</summary>
    /// <param name="firstBlock">The number of the first block.</param>
    public static IEnumerable<KeyRule> Rules(int firstBlock) =>
    [
        Rename("text.token_embedding.weight", Tokens),
        new PatternRule("text.positional_embedding", (Positions, tensor => tensor.unsqueeze(0).unsqueeze(0))),
        .. RenameBoth("text.ln_final", $"{Root}final_layer_norm"),
        Rename("text.text_projection", Projection),
        new AppleTextBlocks(firstBlock),
    ];

    /// <summary>What shows of any such tower; null where there is none.</summary>
    /// <param name="shapes">The weights.</param>
    /// <param name="layers">Number of blocks.</param>
    public static TextTowerOutline? TryOutline(TensorShapes shapes, int layers) =>
        shapes.TryOf(Tokens, 2) is { } tokens && shapes.TryOf(Positions, 4) is { } positions && shapes.TryOf(Projection, 2) is { } projection
            ? new TextTowerOutline(positions[2], tokens[0], tokens[1], layers, projection[1])
            : null;
}
