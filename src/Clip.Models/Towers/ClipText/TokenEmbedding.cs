namespace Clip.Models;

/// <summary>One learned vector per token of the vocabulary.</summary>
/// <remarks>Maps token ids [N, L], int64, to [N, L, W].</remarks>
internal sealed class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private Parameter _weight;

    public TokenEmbedding(WeightFactory weights, long vocabularySize, long width)
        : base(nameof(TokenEmbedding))
    {
        _weight = weights.Sensitive(vocabularySize, width);
        RegisterComponents();
    }

    /// <summary>The vectors, [V, W].</summary>
    public Tensor Vectors => _weight;

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var vectors = _weight.index_select(0, tokens.flatten());                      // [N L, W]
        return vectors.view([.. tokens.shape, _weight.shape[1]]).MoveToOuterDisposeScope();
    }

    /// <summary>Draws all vectors from a normal distribution (openai/CLIP, initialize_parameters).</summary>
    public void Initialize() => nn.init.normal_(_weight, std: 0.02);
}
