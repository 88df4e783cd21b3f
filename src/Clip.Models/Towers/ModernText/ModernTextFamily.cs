using System.Text.Json.Nodes;
using static Clip.Models.KeyRule;

namespace Clip.Models;

/// <summary>open_clip's "modern" text towers.</summary>
internal sealed class ModernTextFamily : TextFamily
{
    private const string Stored = "text.";
    private const string Attention = $"{Stored}{ModernTextTower.Blocks}.{{i}}.attn";

    // transformer.py, ModernTextTransformer; other names are those of the tower here.
    private static readonly TowerNames Native = new(
        "open_clip ModernTextTransformer",
        [
            Rename($"{Attention}.in_proj_weight", $"{Attention}.qkv.weight"),
            Rename($"{Attention}.in_proj_bias", $"{Attention}.qkv.bias"),
            .. RenameBoth($"{Attention}.out_proj", $"{Attention}.proj"),
            new PrefixRule(Stored, Stored),
        ]);

    private ModernTextFamily()
    {
    }

    public static ModernTextFamily Instance { get; } = new();

    public override TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new ModernTextTower((ModernTextConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout, string prefix) => layout == WeightLayout.Native && prefix.Length > 0 ? Native : null;

    public override TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu) => ModernTextInOpenClip.TryRead(text);

    public override JsonObject WriteOpenClip(TextTowerConfig config) => ModernTextInOpenClip.Write((ModernTextConfig)config);

    public override bool NeedsTextPrefix(TextTowerConfig config) => true;

    public override TextTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (shapes.TryOf($"{Stored}token_embedding.weight", 2) is not { } vectors || shapes.CountBlocks($"{Stored}{ModernTextTower.Blocks}.") is not (> 0 and var layers))
            return null;
        return new TextTowerOutline(0, vectors[0], vectors[1], layers, shapes.TryOf($"{Stored}text_projection.weight", 2)?[0] ?? vectors[1]);
    }
}
