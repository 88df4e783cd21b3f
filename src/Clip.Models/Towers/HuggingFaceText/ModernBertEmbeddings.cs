namespace Clip.Models;

/// <summary>What ModernBERT makes of token ids before its blocks: the vectors of tokens, normed.</summary>
/// <remarks>Maps token ids [N, L] to [N, L, W] in the precision of the norm.</remarks>
internal sealed class ModernBertEmbeddings : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "tok_embeddings")] private readonly TokenEmbedding _tokens;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;

    public ModernBertEmbeddings(WeightFactory weights, TransformerConfig config, int vocabularySize)
        : base(nameof(ModernBertEmbeddings))
    {
        _tokens = new TokenEmbedding(weights, vocabularySize, config.Width);
        _norm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        using var vectors = _tokens.call(ids);
        return _norm.call(vectors);
    }

    /// <summary>Draws the vectors.</summary>
    /// <param name="deviation">Their standard deviation.</param>
    public void Initialize(double deviation) => TruncatedNormal.Fill(_tokens.Vectors, deviation, ModernBertEncoder.Cutoff);
}
