using Clip.Tokenization.Cleaning;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

/// <summary>The cleaning of captions as the library's normalizer.</summary>
internal sealed class CleaningNormalizer(TextCleaner cleaner) : Normalizer
{
    public override string Normalize(string original) => cleaner.Clean(original);

    public override string Normalize(ReadOnlySpan<char> original) => cleaner.Clean(original.ToString());
}
