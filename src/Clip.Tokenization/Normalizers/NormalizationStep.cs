namespace Clip.Tokenization.Normalizers;

/// <summary>A rewriting of text before it is split into words.</summary>
internal abstract class NormalizationStep
{
    /// <summary>Rewrites a text without lone surrogates.</summary>
    public abstract string Apply(string text);
}
