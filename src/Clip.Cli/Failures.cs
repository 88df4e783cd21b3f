namespace Clip.Cli;

/// <summary>Says in a line why a command failed.</summary>
internal static class Failures
{
    /// <summary>Describes an exception that ends a command.</summary>
    /// <param name="exception">Any exception.</param>
    public static string Describe(Exception exception) => exception switch
    {
        // Several threads failed; the first says enough.
        AggregateException { InnerException: { } inner } => Describe(inner),
        OutOfMemoryException => "There is not enough memory. Try a smaller --batch-size.",
        _ when IsExpected(exception) => exception.Message,
        _ => $"{exception.GetType().Name}: {exception.Message} (--verbose shows where.)",
    };

    // Exceptions of the libraries name the file, what is wrong and the remedy; those of .NET's file system name the path.
    private static bool IsExpected(Exception exception) =>
        exception is FailureException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException
        || exception.GetType().Namespace is { } name && (name == "Clip" || name.StartsWith("Clip.", StringComparison.Ordinal));
}
