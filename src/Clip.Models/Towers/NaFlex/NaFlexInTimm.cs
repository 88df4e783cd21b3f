using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>NaFlex's image towers by the names under which open_clip's configs call them in timm.</summary>
internal static class NaFlexInTimm
{
    private const int Patch = 16;
    private const double NormEpsilon = 1e-6, UsualMlpRatio = 4;
    private const string GatedMlp = "swiglu_mlp", PoolMlpRatio = "attn_pool_mlp_ratio";

    private static readonly ImageSize Grid = 16;

    private sealed record Network(string Name, NaFlexPooling Pooling, int Width = 768, int Layers = 12, int Heads = 12, double MlpRatio = UsualMlpRatio)
    {
        public int Registers { get; init; }

        public double? LayerScale { get; init; } = 1e-5;

        public bool AttentionBias { get; init; } = true;

        public Activation Activation { get; init; } = Activation.Gelu;

        public bool Fits(NaFlexVisionConfig config) =>
            (Pooling, LayerScale, AttentionBias, Activation)
            == (config.Pooling, config.Transformer.LayerScale, config.AttentionBias, config.Transformer.Activation);
    }

    // timm, naflexvit.py.
    private static readonly Network[] Networks =
    [
        new("naflexvit_base_patch16_siglip", NaFlexPooling.Attention) { LayerScale = null, Activation = Activation.GeluTanh },
        new("naflexvit_so400m_patch16_siglip", NaFlexPooling.Attention, 1152, 27, 16, 3.7362) { LayerScale = null, Activation = Activation.GeluTanh },
        new("naflexvit_base_patch16_gap", NaFlexPooling.Average) { Registers = 4 },
        new("naflexvit_base_patch16_map", NaFlexPooling.Attention) { Registers = 1 },
        new("naflexvit_so150m2_patch16_reg1_gap", NaFlexPooling.Average, 832, 21, 13, 34.0 / 13) { Registers = 1, AttentionBias = false },
        new("naflexvit_so150m2_patch16_reg1_map", NaFlexPooling.Attention, 832, 21, 13, 34.0 / 13) { Registers = 1, AttentionBias = false },
    ];

    public static NaFlexVisionConfig? TryRead(TimmSettings settings)
    {
        if (Networks.FirstOrDefault(network => network.Name == settings.Name) is not { } network)
            return null;
        var head = settings.Head;
        // Behind a head of its own, open_clip leaves a network the pooling that it has.
        settings.RequirePool([PoolOf(network.Pooling), .. head.Projection is TimmProjection.Linear or TimmProjection.Mlp ? [""] : (string[])[]]);

        var (resolution, width) = (settings.Resolution, settings.Integer("embed_dim", network.Width));
        var patch = settings.Integer("patch_size", Patch);
        if (patch < 1)
            throw settings.Error("timm_model_kwargs.patch_size", $"patches of {patch} pixels are not possible");
        var hidden = settings.MlpWidth(width, network.MlpRatio);
        return new NaFlexVisionConfig
        {
            Resolution = resolution,
            Head = head,
            PatchSize = patch,
            MaxPatches = settings.SequenceLength((int)Math.Min(int.MaxValue, (long)(resolution.Height / patch) * (resolution.Width / patch))),
            PositionGrid = settings.Grid("pos_embed_grid_size", Grid),
            PositionInterpolation = PositionInterpolation.Bicubic,
            Registers = settings.Integer("reg_tokens", network.Registers),
            Pooling = network.Pooling,
            PoolMlpWidth = network.Pooling == NaFlexPooling.Attention && settings.MlpWidth(PoolMlpRatio, width) is { } pooled && pooled != hidden ? pooled : null,
            AttentionBias = network.AttentionBias,
            GatedMlp = settings.Flag(GatedMlp),
            Transformer = settings.Transformer(width, network.Layers, network.Heads, network.MlpRatio, network.Activation) with { NormEpsilon = NormEpsilon, LayerScale = network.LayerScale },
        };
    }

    /// <summary>Writes a tower by the name of the timm model that has its choices, with what differs in size.</summary>
    /// <exception cref="ArgumentException">There is no such timm model.</exception>
    public static JsonObject Write(NaFlexVisionConfig image)
    {
        var transformer = image.Transformer;
        if (image.PositionInterpolation != PositionInterpolation.Bicubic)
            throw Inexpressible.InOpenClip("Image.PositionInterpolation", $"{image.PositionInterpolation}, since timm resizes positions bicubically");
        var network = Networks
            .Where(network => network.Fits(image) && transformer.NormEpsilon == NormEpsilon)
            .OrderByDescending(network => (network.Width, network.Layers) == (transformer.Width, transformer.Layers))
            .FirstOrDefault()
            ?? throw Inexpressible.InOpenClip("Image", "a NaFlex tower with these choices, since timm has none");
        var sizes = new TimmSizes()
            .Add("patch_size", image.PatchSize, Patch)
            .Add("embed_dim", transformer.Width, network.Width)
            .Add("depth", transformer.Layers, network.Layers)
            .Add("num_heads", transformer.Heads, network.Heads)
            .Add("reg_tokens", image.Registers, network.Registers)
            .Mlp(transformer.Width, transformer.MlpWidth, network.MlpRatio)
            .Grid("pos_embed_grid_size", image.PositionGrid, Grid)
            .Flag(GatedMlp, image.GatedMlp);
        if (image.PoolMlpWidth is { } hidden)
            sizes.Mlp(PoolMlpRatio, transformer.Width, hidden);
        var vision = TimmVision.Write(image, network.Name, PoolOf(image.Pooling), sizes.Settings);
        vision["image_seq_len"] = image.MaxPatches;
        return vision;
    }

    private static string PoolOf(NaFlexPooling pooling) => pooling == NaFlexPooling.Attention ? "map" : "avg";
}
