namespace Clip.Benchmarks.Peers;

/// <summary>The command line or its files are wrong; the message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
