namespace Clip.Tokenization.Normalizers;

/// <summary>Steps in their order.</summary>
internal sealed class NormalizationSequence(IReadOnlyList<NormalizationStep> steps) : NormalizationStep
{
    // Steps that lengthen a text multiply; no text of a published vocabulary comes near.
    private const int LongestResult = 1 << 22;
    private const int MostGrowth = 16;

    public override string Apply(string text)
    {
        var longest = Math.Max(LongestResult, MostGrowth * (long)text.Length);
        foreach (var step in steps)
        {
            text = step.Apply(text);
            if (text.Length > longest)
                throw new ArgumentException($"The text has {text.Length:N0} characters after normalization, which is more than {longest:N0}.", nameof(text));
        }
        return text;
    }
}
