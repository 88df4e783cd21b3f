using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Normalizers;

/// <summary>Lower case, character by character: unlike Python's, it has no final sigma.</summary>
internal sealed class LowercaseStep : NormalizationStep
{
    public override string Apply(string text) => PythonText.LowerEach(text);
}
