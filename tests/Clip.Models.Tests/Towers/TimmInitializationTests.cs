namespace Clip.Models.Tests.Image;

/// <summary>Fresh weights against the distributions of timm (init_weights_vit_timm; class Eva, fix_init_weight).</summary>
public sealed class TimmInitializationTests
{
    private static readonly TransformerConfig s_transformer = new() { Width = 256, Layers = 2, Heads = 4, Activation = Activation.Gelu, NormEpsilon = 1e-5 };

    public static TheoryData<string, string, double> Deviations => new()
    {
        { "ViT", "trunk.embed.positional_embedding", 0.02 },
        { "ViT", "trunk.embed.class_embedding", 1e-6 },
        { "ViT", "trunk.transformer.resblocks.1.attn.in_proj_weight", 0.02 },
        { "ViT", "trunk.transformer.resblocks.1.attn.out_proj.weight", 0.02 },
        { "ViT", "trunk.transformer.resblocks.1.mlp.c_proj.weight", 0.02 },
        { "ViT", "trunk.head.weight", 0.02 },
        { "PE", "trunk.embed.class_embedding", 0.02 },
        { "PE", "trunk.transformer.resblocks.0.attn.out_proj.weight", 0.02 / Math.Sqrt(2) },
        { "PE", "trunk.transformer.resblocks.1.mlp.c_proj.weight", 0.02 / Math.Sqrt(4) },
        { "PE", "trunk.transformer.resblocks.1.mlp.c_fc.weight", 0.02 },
        { "PE", "trunk.attn_pool.probe", 1.0 / 16 },
        { "PE", "trunk.attn_pool.attn.in_proj_weight", 0.02 },
        { "PE", "trunk.attn_pool.mlp.c_proj.weight", 0.02 },
        { "PE", "trunk.head.weight", 0.02 * 0.001 },
        { "EVA", "trunk.blocks.1.attn.proj.weight", 0.02 / Math.Sqrt(4) },
        { "EVA", "trunk.blocks.0.mlp.fc2.weight", 0.02 / Math.Sqrt(2) },
        { "EVA", "trunk.blocks.1.attn.k_proj.weight", 0.02 },
        { "EVA", "trunk.blocks.1.mlp.fc1_g.weight", 0.02 },
    };

    [Theory, MemberData(nameof(Deviations))]
    public void Constructor_Weight_HasTimmsDeviation(string kind, string name, double expected)
    {
        using var scope = NewDisposeScope();
        using var network = TinyConfig.Create(TinyTransformers.ClassToken with { EmbeddingSize = 128, Image = Image(kind) });
        var weight = network.Image.state_dict()[name].detach();

        // Six standard errors of a deviation over n draws.
        Assert.Equal(expected, weight.std().item<float>(), 6 * expected / Math.Sqrt(2.0 * weight.numel()));
        Assert.Equal(0, weight.mean().item<float>(), 6 * expected / Math.Sqrt(weight.numel()));
    }

    private static ImageTowerConfig Image(string kind) => kind switch
    {
        "ViT" => (TimmVitConfig)TinyTransformers.ClassToken.Image with { Transformer = s_transformer },
        "PE" => (PerceptionEncoderConfig)TinyTransformers.PerceptionEncoder.Image with { Transformer = s_transformer },
        _ => (EvaConfig)TinyTransformers.Eva02.Image with { Width = 256, Heads = 4, MlpWidth = 512 },
    };
}
