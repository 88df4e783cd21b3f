namespace Clip.Tokenization.Decoders;

/// <summary>A rewriting of tokens on their way back to text.</summary>
internal abstract class DecodingStep
{
    /// <summary>Rewrites the tokens in place; there may be fewer of them afterwards.</summary>
    public abstract void Apply(List<string> tokens);
}
