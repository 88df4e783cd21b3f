using System.Text.Json;
using Clip.Preprocessing;

namespace WebApi;

/// <summary>Which failures are the caller's.</summary>
internal static class Problems
{
    /// <summary>The status of the answer to a failed request.</summary>
    public static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        ImageDecodingException => StatusCodes.Status422UnprocessableEntity,
        ArgumentException or JsonException => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Whether a failure is the caller's, and nothing for the log.</summary>
    public static bool IsCallers(Exception exception) => StatusOf(exception) < StatusCodes.Status500InternalServerError;

    /// <summary>Tells callers what was wrong with what they sent.</summary>
    public static void Describe(ProblemDetailsContext context)
    {
        if (context.Exception is { } exception && IsCallers(exception))
            context.ProblemDetails.Detail = exception.Message;
    }
}
