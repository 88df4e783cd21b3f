namespace Clip.Training.Data;

/// <summary>Training data that cannot be read: a list without the columns it should have, a damaged file, too many unreadable images.</summary>
public sealed class PairDataException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">The file or folder.</param>
    /// <param name="problem">What is wrong and what helps; the message puts the source before it.</param>
    /// <param name="innerException">What a reader said about it, if anything.</param>
    public PairDataException(string source, string problem, Exception? innerException = null)
        : base($"'{source}' {problem}", innerException)
    {
        SourceName = source;
    }

    /// <summary>The file or folder.</summary>
    public string SourceName { get; }
}
