using Clip.Shared;

namespace Clip.Models;

/// <summary>What BERT makes of token ids before its blocks: the vectors of token, position and type, added and normed.</summary>
/// <remarks>Maps token ids [N, L] to [N, L, W] in the precision of the norm. Source: Devlin et al. 2018, section 3.2; Liu et al. 2019 for RoBERTa.</remarks>
internal sealed class BertEmbeddings : nn.Module<Tensor, Tensor>
{
    private readonly BertTextConfig _config;

    [ComponentName(Name = "word_embeddings")] private readonly TokenEmbedding _words;
    [ComponentName(Name = "position_embeddings")] private readonly TokenEmbedding _positions;
    [ComponentName(Name = "token_type_embeddings")] private readonly TokenEmbedding _types;
    [ComponentName(Name = "LayerNorm")] private readonly MixedPrecisionLayerNorm _norm;

    public BertEmbeddings(WeightFactory weights, BertTextConfig config, int vocabularySize)
        : base(nameof(BertEmbeddings))
    {
        _config = config;
        _words = new TokenEmbedding(weights, vocabularySize, config.Width);
        _positions = new TokenEmbedding(weights, config.Positions, config.Width);
        _types = new TokenEmbedding(weights, config.TokenTypes, config.Width);
        _norm = new MixedPrecisionLayerNorm(weights, config.Width, config.Transformer.NormEpsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var length = ids.shape[1];
        var positions = _config.PositionsFollowPadding
            ? _positions.call(TextPadding.Positions(ids, _config.PaddingId))                 // [N, L, W]
            : _positions.Vectors.narrow(0, 0, length);                                       // [L, W]
        var sum = _words.call(ids).Plus(_types.Vectors[0]).Plus(positions);                  // [N, L, W]
        return _norm.call(sum).MoveToOuterDisposeScope();
    }

    public void Initialize()
    {
        foreach (var table in (TokenEmbedding[])[_words, _positions, _types])
            table.Initialize();
    }
}
