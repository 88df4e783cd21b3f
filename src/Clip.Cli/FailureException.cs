namespace Clip.Cli;

/// <summary>The work cannot be done: exit code 1.</summary>
internal sealed class FailureException(string message, Exception? innerException = null) : Exception(message, innerException);
