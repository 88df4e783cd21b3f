namespace Clip.Models;

/// <summary>Writes captions: predicts each token of a text from those before it and from the image.</summary>
/// <remarks>Source: Yu et al. 2022, "CoCa", section 3.2; names and initialization are open_clip's (transformer.py, MultimodalTransformer).</remarks>
internal sealed class CaptionDecoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TransformerConfig _config;

    [ComponentName(Name = "resblocks")] private readonly ModuleList<ResidualAttentionBlock> _blocks;
    [ComponentName(Name = "cross_attn")] private readonly ModuleList<CrossAttentionBlock> _crossBlocks;
    [ComponentName(Name = "ln_final")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "text_projection")] private Parameter _projection;

    public CaptionDecoder(CaptionDecoderConfig config, int vocabularySize, WeightFactory weights)
        : base(nameof(CaptionDecoder))
    {
        _config = config.Transformer;
        var layers = Enumerable.Range(0, _config.Layers).ToArray();
        _blocks = nn.ModuleList(layers.Select(_ => new ResidualAttentionBlock(weights, _config, causal: true)).ToArray());
        _crossBlocks = nn.ModuleList(layers.Select(_ => new CrossAttentionBlock(weights, _config)).ToArray());
        _lastNorm = new MixedPrecisionLayerNorm(weights, _config.Width, _config.NormEpsilon);
        _projection = weights.Matrix(_config.Width, vocabularySize);
        RegisterComponents();
    }

    /// <summary>Predicts every next token.</summary>
    /// <param name="image">The image tower's tokens [N, P, W].</param>
    /// <param name="text">The text tower's tokens [N, L, W].</param>
    /// <returns>Logits over the vocabulary [N, L, V].</returns>
    public override Tensor forward(Tensor image, Tensor text)
    {
        using var scope = NewDisposeScope();
        var x = text.alias();
        for (var layer = 0; layer < _blocks.Count; layer++)
        {
            var attended = _blocks[layer].call(x, null);
            var next = _crossBlocks[layer].call(attended, image);
            x.Dispose();
            attended.Dispose();
            x = next;
        }
        return Predict(x).MoveToOuterDisposeScope();
    }

    /// <summary>Projects the image's tokens to the keys and values of all layers, once for all texts.</summary>
    /// <param name="image">[N, P, W].</param>
    public IReadOnlyList<(Tensor Keys, Tensor Values)> LookAt(Tensor image) => [.. _crossBlocks.Select(block => block.LookAt(image))];

    /// <summary>Predicts the token that follows further ones.</summary>
    /// <param name="text">The text tower's tokens that are new, [N K, T, W], with K texts for each image.</param>
    /// <param name="image">What <see cref="LookAt"/> gave for the N images.</param>
    /// <param name="before">Keys and values of the tokens before them.</param>
    /// <param name="mask">Added to the attention logits of the new tokens, [1, 1, T, all]; null where they see all.</param>
    /// <returns>Logits over the vocabulary [N K, V], behind the last token.</returns>
    public Tensor Continue(Tensor text, IReadOnlyList<(Tensor Keys, Tensor Values)> image, KeyValueCache before, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var images = image[0].Keys.shape[0];
        var x = text;
        for (var layer = 0; layer < _blocks.Count; layer++)
        {
            var attended = _blocks[layer].Continue(x, before, layer, mask);
            // Texts of one image stand below each other, as if they were one: each token looks at the image by itself.
            var together = attended.reshape(images, -1, attended.shape[2]);
            x = _crossBlocks[layer].Attend(together, image[layer].Keys, image[layer].Values).view(attended.shape);
        }
        return Predict(x.select(1, x.shape[1] - 1)).MoveToOuterDisposeScope();
    }

    public void Initialize()
    {
        double width = _config.Width;
        var residual = 1 / Math.Sqrt(width * 2 * _config.Layers);
        foreach (var block in _blocks)
        {
            block.Attention.InitializeNormal(1 / Math.Sqrt(width), residual);
            block.Mlp.InitializeNormal(1 / Math.Sqrt(2 * width), residual);
        }
        foreach (var block in _crossBlocks)
            block.InitializeNormal(1 / Math.Sqrt(width), residual, 1 / Math.Sqrt(2 * width));
        nn.init.normal_(_projection, std: 1 / Math.Sqrt(width));
        NormInitializer.InitializeAll(this);
    }

    private Tensor Predict(Tensor x) => _lastNorm.call(x).matmul(_projection);
}
