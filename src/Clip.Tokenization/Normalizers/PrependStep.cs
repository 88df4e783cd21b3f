namespace Clip.Tokenization.Normalizers;

/// <summary>Puts a text before one that is not empty.</summary>
internal sealed class PrependStep(string prefix) : NormalizationStep
{
    public override string Apply(string text) => text.Length == 0 ? text : prefix + text;
}
