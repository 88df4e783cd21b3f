using System.Net;

namespace Clip.Hub;

/// <summary>An attempt failed for a reason that may have passed by the next one.</summary>
internal sealed class HubConnectionException(string problem, Exception? innerException = null) : Exception(problem, innerException)
{
    /// <summary>The status of the answer, if there was one.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
