using System.Net;

namespace Clip.Hub;

/// <summary>A file of the Hugging Face Hub could not be had.</summary>
/// <remarks>The message names the repository and the file, says what happened, and ends with the remedy. It never holds the token.</remarks>
public sealed class HubException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="problem">What went wrong, in a sentence.</param>
    /// <param name="remedy">What to do about it, in a sentence.</param>
    /// <param name="innerException">What the network or the file system said about it, if anything.</param>
    public HubException(HubErrorKind kind, string problem, string remedy, Exception? innerException = null)
        : base($"{problem} {remedy}", innerException)
    {
        Kind = kind;
        Remedy = remedy;
    }

    /// <summary>What went wrong.</summary>
    public HubErrorKind Kind { get; }

    /// <summary>What to do about it: the last sentence of the message.</summary>
    public string Remedy { get; }

    /// <summary>The repository that was asked for, if the problem is one of a repository.</summary>
    public HubRepository? Repository { get; init; }

    /// <summary>The file's path in the repository, or null when no single file is concerned.</summary>
    public string? File { get; init; }

    /// <summary>The status of the answer, or null when there was none.</summary>
    public HttpStatusCode? StatusCode { get; init; }
}
