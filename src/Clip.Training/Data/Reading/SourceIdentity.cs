using System.Globalization;

namespace Clip.Training.Data.Reading;

/// <summary>The options that decide what a batch holds, and are the same for all ranks.</summary>
internal static class SourceIdentity
{
    public static string Of(PairSourceOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"seed {options.Seed}; shuffle {options.Shuffle}; {options.Preprocessing}; " +
        $"{options.Augmentation?.ToString() ?? "no augmentation"}; upright {options.Images.ApplyOrientation}; fast {options.Images.FastDecoding}; " +
        $"{options.Tokenizer.VocabularySize} tokens, context {options.Tokenizer.ContextLength}");
}
