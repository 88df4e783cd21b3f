using Clip.Tokenization;

namespace Emoji.Training.Captions;

/// <summary>The vocabulary of the captions.</summary>
internal static class Vocabulary
{
    /// <summary>Learns it from what captions are made of, writes it and reads it.</summary>
    public static ClipTokenizer Create(string folder, CaptionWriter captions)
    {
        var learner = new VocabularyLearner(Recipe.Tokenization);
        learner.AddRange(captions.Parts);
        learner.Learn(Recipe.VocabularySize).Save(folder);
        return Load(folder);
    }

    /// <summary>Reads it.</summary>
    public static ClipTokenizer Load(string folder) => ClipTokenizer.Load(folder, Recipe.Tokenization);
}
