using System.Globalization;
using Clip.Preprocessing;
using Microsoft.AspNetCore.Http;

namespace Web.Shared;

/// <summary>What a failed request is answered, and which failures are for the log.</summary>
internal static class Problems
{
    /// <summary>The status of the answer to a failed request.</summary>
    public static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        ImageDecodingException => StatusCodes.Status422UnprocessableEntity,
        OverloadedException => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Whether a failure is a caller's mistake or too many callers, and nothing for the log.</summary>
    public static bool IsExpected(Exception exception) => exception is BadHttpRequestException or ImageDecodingException or OverloadedException;

    /// <summary>Tells callers what was wrong with what they sent, and when to try again; of other failures it tells nothing.</summary>
    public static void Describe(ProblemDetailsContext context)
    {
        if (context.Exception is not { } exception || !IsExpected(exception))
            return;
        context.ProblemDetails.Detail = exception.Message;
        if (exception is OverloadedException overloaded)
        {
            var seconds = Math.Max(1, Math.Ceiling(overloaded.RetryAfter.TotalSeconds));
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }
}
