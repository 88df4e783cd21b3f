using System.Globalization;

namespace Clip.Training.Data.Reading;

/// <summary>What of the options decides which numbers a batch has.</summary>
internal static class SourceIdentity
{
    public static string Of(PairSourceOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"seed {options.Seed}; shuffle {options.Shuffle}; worker {options.Worker} of {options.Workers}; {options.Preprocessing}; " +
        $"{options.Augmentation?.ToString() ?? "no augmentation"}; upright {options.Images.ApplyOrientation}; fast {options.Images.FastDecoding}; " +
        $"{options.Tokenizer.VocabularySize} tokens, context {options.Tokenizer.ContextLength}");
}
