using Clip.Tokenization.Normalization;

namespace Clip.Tokenization.Normalizers;

/// <summary>Unicode's canonical forms: composed (NFC) or decomposed (NFD).</summary>
internal sealed class CanonicalStep(bool composed) : NormalizationStep
{
    public override string Apply(string text) => composed ? ComposedForm.Compose(text) : ComposedForm.Decompose(text);
}
