using Clip.Tokenization.Normalizers;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the normalizer of tokenizer.json.</summary>
internal static class NormalizerReader
{
    private const int MostSteps = 32;
    private const int LongestPrefix = 32;

    public static NormalizationStep Read(JsonSection section)
    {
        var steps = new List<NormalizationStep>();
        Read(section, steps);
        return new NormalizationSequence(steps);
    }

    private static void Read(JsonSection section, List<NormalizationStep> steps)
    {
        if (section.Type == "Sequence")
        {
            section.Allow("normalizers");
            foreach (var item in section.Items("normalizers"))
                Read(item, steps);
            return;
        }
        if (steps.Count == MostSteps)
            throw section.Error($"is one of more than {MostSteps} steps");
        if (ReadStep(section) is { } step)
            steps.Add(step);
    }

    private static NormalizationStep? ReadStep(JsonSection section)
    {
        switch (section.Type)
        {
            case "Lowercase":
                section.Allow();
                return new LowercaseStep();
            case "NFC" or "NFD":
                section.Allow();
                return new CanonicalStep(composed: section.Type == "NFC");
            case "Replace":
                section.Allow("pattern", "content");
                return PatternReader.ReadReplacement(section);
            case "Prepend":
                section.Allow("prepend");
                var prefix = section.Text("prepend");
                return prefix.Length <= LongestPrefix ? new PrependStep(prefix) : throw section.Error($"prepends more than {LongestPrefix} characters");
            case "Strip":
                section.Allow("strip_left", "strip_right");
                return new StripStep(section.Flag("strip_left", true), section.Flag("strip_right", true));
            case "StripAccents":
                section.Allow();
                return new StripAccentsStep(allMarks: true);
            case "BertNormalizer":
                section.Allow("clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                var lowerCase = section.Flag("lowercase", true);
                return new BertStep(
                    section.Flag("clean_text", true), section.Flag("handle_chinese_chars", true), section.Flag("strip_accents", lowerCase), lowerCase);
            case "Precompiled":
                section.Allow("precompiled_charsmap");
                return ReadPrecompiled(section);
            default:
                throw section.Error($"is a normalizer '{section.Type}', which is not supported");
        }
    }

    private static PrecompiledStep? ReadPrecompiled(JsonSection section)
    {
        if (section.Find("precompiled_charsmap") is not { } map)
            return null;
        if (!map.Element.TryGetBytesFromBase64(out var bytes))
            throw map.Error("should be bytes in base 64");
        var characters = CharacterMap.TryRead(bytes, out var problem);
        if (problem is not null)
            throw map.Error(problem);
        return characters is null ? null : new PrecompiledStep(characters);
    }
}
