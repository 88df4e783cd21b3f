namespace Web.Shared;

/// <summary>There is no place for a request now: the answer is 503 with a Retry-After header.</summary>
/// <param name="message">What the caller is told.</param>
/// <param name="retryAfter">When to try again.</param>
public sealed class OverloadedException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
