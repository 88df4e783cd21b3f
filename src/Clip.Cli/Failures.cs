namespace Clip.Cli;

/// <summary>Says in a line why a command failed.</summary>
internal static class Failures
{
    // The libraries name the members that state what is missing; on the command line they are options.
    private static readonly (string Member, string Option)[] Remedies =
    [
        ("set ClipModelOptions.Activation, or Config", "give --activation"),
        ("set ClipModelOptions.Preprocessing (such as PreprocessingConfig.OpenAI(224))", "give --preprocessing (such as openai)"),
        ("Set ClipModelOptions.Preprocessing to one of that size", "Give --preprocessing a file of that size"),
        ("set ClipModelOptions.Vocabulary to where it is", "give --vocabulary"),
        ("set LoadOptions.Activation (QuickGelu for OpenAI's nine models) or LoadOptions.Config", "give --activation (quick_gelu for OpenAI's nine models)"),
        ("say in CaptionColumns which to read", "say with --image-column and --caption-column which to read"),
        ("set CaptionColumns.Quoting to CaptionQuoting.None", "give --quoting none"),
        ("set CaptionColumns.Quoting to what is meant", "give --quoting standard or --quoting none"),
        ("Use the same, or allow changes when resuming", "Use the same, or give --allow-changes"),
        ("Use the same, or allow changes", "Use the same, or give --allow-changes"),
        ("(MaxBadShare)", "(--max-bad-share)"),
        ("load it with ClipModelOptions.TextOverflow set to Truncate", "give --truncate"),
        ("leave the weights unquantized", "leave out --int8"),
        ("unset HF_HUB_OFFLINE (HubOptions.Offline)", "leave out --offline and HF_HUB_OFFLINE"),
    ];

    /// <summary>Describes an exception that ends a command.</summary>
    /// <param name="exception">Any exception.</param>
    public static string Describe(Exception exception) => exception switch
    {
        // Several threads failed; the first says enough.
        AggregateException { InnerException: { } inner } => Describe(inner),
        OutOfMemoryException => "There is not enough memory. Try a smaller --batch-size, or --micro-batch in training.",
        _ when IsExpected(exception) => InOptions(exception.Message),
        _ => $"{exception.GetType().Name}: {exception.Message} (--verbose shows where.)",
    };

    private static string InOptions(string message) =>
        Remedies.Aggregate(message, (text, remedy) => text.Replace(remedy.Member, remedy.Option, StringComparison.OrdinalIgnoreCase));

    // Exceptions of the libraries name the file, what is wrong and the remedy; those of .NET's file system name the path.
    private static bool IsExpected(Exception exception) =>
        exception is FailureException or InvalidOperationException or IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException or ArgumentException
        || exception.GetType().Namespace is { } name && (name == "Clip" || name.StartsWith("Clip.", StringComparison.Ordinal));
}
