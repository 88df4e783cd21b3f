using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>MobileCLIP-S0's text tower, which Apple calls "mct".</summary>
/// <remarks>open_clip has no such tower: its config names it by text_arch, which this library alone reads.</remarks>
internal sealed class MobileClipTextFamily : TextFamily
{
    private const string Kind = "mct";
    private const string Architecture = "text_arch";
    private const string Folded = "reparameterized";
    private const string Mixer = $"{AppleTextNames.Blocks}0.token_mixer.";

    private MobileClipTextFamily()
    {
    }

    public static MobileClipTextFamily Instance { get; } = new();

    public override TextTower Create(TextTowerConfig config, int embeddingSize, WeightFactory weights) =>
        new MobileClipTextTower((MobileClipTextConfig)config, embeddingSize, weights);

    public override TowerNames? Names(WeightLayout layout, string prefix) =>
        layout == WeightLayout.Native ? new TowerNames("native", [new PrefixRule("text.", prefix)]) : null;

    public override TowerNames? Names(Publisher publisher, TextTowerConfig config) => publisher != Publisher.Apple ? null
        : new TowerNames(
            "Apple's MobileCLIP",
            [
                .. AppleTextNames.Rules(firstBlock: 1),
                new MobileClipTextMixerNames("text.first_mixer.", $"{AppleTextNames.Blocks}0."),
                new MobileClipTextMixerNames("text.last_mixer.", $"{AppleTextNames.Blocks}{((MobileClipTextConfig)config).Transformer.Layers + 1}."),
            ]);

    public override TextTowerConfig Fit(TextTowerConfig config, TensorShapes shapes)
    {
        var tower = (MobileClipTextConfig)config;
        foreach (var mixer in (string[])[Mixer, "text.first_mixer.token_mixer."])
        {
            if (shapes.Contains($"{mixer}reparam_conv.weight"))
                return tower with { Reparameterized = true };
            if (shapes.Contains($"{mixer}layer_scale") || shapes.Contains($"{mixer}layer_scale.gamma"))
                return tower with { Reparameterized = false };
        }
        return tower;
    }

    public override TextTowerConfig? TryReadApple(ConfigSection text)
    {
        if (text.Text("model_name") is not Kind)
            return null;
        text.RequireOff("causal_masking");
        return new MobileClipTextConfig
        {
            ContextLength = text.Integer("context_length"),
            VocabularySize = text.Integer("vocab_size"),
            Transformer = AppleTransformer.Read(text),
        };
    }

    public override TextTowerConfig? TryInferApple(TensorShapes shapes)
    {
        if (!IsMixed(shapes))
            return null;
        return new MobileClipTextConfig
        {
            ContextLength = shapes.Size(shapes.Of(AppleTextNames.Positions, rank: 4)[2]),
            VocabularySize = shapes.Size(shapes.Of(AppleTextNames.Tokens, rank: 2)[0]),
            Transformer = AppleTransformer.Infer(shapes, Layers(shapes)),
        };
    }

    public override TextTowerConfig? TryReadOpenClip(ConfigSection text, bool quickGelu) => text.Text(Architecture) is not Kind ? null
        : new MobileClipTextConfig
        {
            ContextLength = text.Integer("context_length", 77),
            VocabularySize = text.Integer("vocab_size", 49_408),
            Transformer = OpenClipTransformer.Read(text, text.Integer("width", 512), text.Integer("heads", 8), quickGelu),
            Reparameterized = text.Flag(Folded),
        };

    public override JsonObject WriteOpenClip(TextTowerConfig config)
    {
        var tower = (MobileClipTextConfig)config;
        var written = new JsonObject { [Architecture] = Kind, ["context_length"] = tower.ContextLength, ["vocab_size"] = tower.VocabularySize };
        OpenClipTransformer.Write(written, tower.Transformer);
        written["heads"] = tower.Transformer.Heads;
        if (tower.Reparameterized)
            written[Folded] = true;
        return written;
    }

    public override bool NeedsTextPrefix(TextTowerConfig config) => true;

    public override TextTowerOutline? TryOutline(TensorShapes shapes)
    {
        if (IsMixed(shapes))
            return AppleTextNames.TryOutline(shapes, Layers(shapes));
        return shapes.Contains("text.first_mixer.layer_scale.gamma")
            && shapes.TryOf("text.token_embedding.weight", 2) is { } tokens
            && shapes.TryOf("text.positional_embedding", 2) is { } positions
            && shapes.TryOf("text.text_projection", 2) is { } projection
            ? new TextTowerOutline(positions[0], tokens[0], tokens[1], shapes.CountBlocks("text.transformer.resblocks."), projection[1])
            : null;
    }

    public override Tensor Resize(string parameter, Tensor stored, TextTowerConfig to) =>
        parameter == PositionResizer.Parameter ? PositionResizer.ResizeText(stored.flatten(0, -2), to.ContextLength) : base.Resize(parameter, stored, to);

    private static bool IsMixed(TensorShapes shapes) =>
        shapes.Contains($"{Mixer}reparam_conv.weight") || shapes.Contains($"{Mixer}layer_scale");

    private static int Layers(TensorShapes shapes) => shapes.CountBlocks(AppleTextNames.Blocks) - 2;
}
