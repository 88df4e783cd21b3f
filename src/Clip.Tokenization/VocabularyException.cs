namespace Clip.Tokenization;

/// <summary>A vocabulary file is damaged, is not what it claims to be, or does not belong to its companion.</summary>
/// <remarks>The message names the file, what is wrong and where.</remarks>
public class VocabularyException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="vocabularyPath">The file that is wrong.</param>
    /// <param name="problem">What is wrong with it and where; the message puts the path before it.</param>
    /// <param name="innerException">What a parser said about it, if anything.</param>
    public VocabularyException(string vocabularyPath, string problem, Exception? innerException = null)
        : base($"'{vocabularyPath}' {problem}", innerException)
    {
        VocabularyPath = vocabularyPath;
    }

    /// <summary>The file that is wrong.</summary>
    public string VocabularyPath { get; }
}
