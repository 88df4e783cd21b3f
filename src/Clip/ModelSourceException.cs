namespace Clip;

/// <summary>What was given as a model names none, or its files do not say what must be known to use it.</summary>
/// <remarks>The message names the source and the remedy.</remarks>
public class ModelSourceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">The name, repository, folder or file that was asked for.</param>
    /// <param name="problem">What is wrong with it and what to do; the message puts the source before it.</param>
    /// <param name="innerException">What lies behind it, if anything.</param>
    public ModelSourceException(string source, string problem, Exception? innerException = null)
        : base($"'{source}' {problem}", innerException)
    {
        ModelSource = source;
    }

    /// <summary>The name, repository, folder or file that was asked for.</summary>
    public string ModelSource { get; }
}
