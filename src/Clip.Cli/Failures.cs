using Clip.Hub;

namespace Clip.Cli;

/// <summary>Says in a line why a command failed.</summary>
internal static class Failures
{
    /// <summary>Describes an exception that ends a command, or keeps one input from being used.</summary>
    /// <param name="exception">Any exception.</param>
    public static string Describe(Exception exception) => exception switch
    {
        // Several threads failed; the first says enough.
        AggregateException { InnerException: { } inner } => Describe(inner),
        OutOfMemoryException => "There is not enough memory. Try a smaller --batch-size, or --micro-batch in training.",
        HubException { Kind: HubErrorKind.Unreachable, StatusCode: null } hub => Unreachable(hub),
        _ when IsExpected(exception) => Wording.Translate(exception.Message),
        _ => $"{exception.GetType().Name}: {Wording.Translate(exception.Message)} (--verbose shows where.)",
    };

    // What the layers of the network say about it is for --verbose.
    private static string Unreachable(HubException exception) =>
        $"{(exception.File is { } file ? $"'{file}' of '{exception.Repository}'" : $"'{exception.Repository}'")} is not on this machine yet and the Hub cannot be "
        + "reached, so check the connection and the proxy (HTTPS_PROXY) and try again, or bring the model once with 'clip download' "
        + "where there is a connection; with --offline only models that are here already are used.";

    // Exceptions of the libraries name the file, what is wrong and the remedy; those of .NET's file system name the path.
    private static bool IsExpected(Exception exception) =>
        exception is FailureException or InvalidOperationException or IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException or ArgumentException
        || exception.GetType().Namespace is { } name && (name == "Clip" || name.StartsWith("Clip.", StringComparison.Ordinal));
}
