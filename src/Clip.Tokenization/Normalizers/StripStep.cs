namespace Clip.Tokenization.Normalizers;

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripStep(bool left, bool right) : NormalizationStep
{
    public override string Apply(string text) => (left, right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    };
}
