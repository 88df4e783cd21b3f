using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Web.Shared;

/// <summary>Writes problems as JSON (RFC 9457), whatever a caller says to accept: a mistake without an explanation helps nobody.</summary>
internal sealed class JsonProblemWriter : IProblemDetailsWriter
{
    private const string MediaType = "application/problem+json";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (response, problem) = (context.HttpContext.Response, context.ProblemDetails);
        problem.Status ??= response.StatusCode;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        Problems.Describe(context);
        // Without a token of ours, a caller who has gone away ends the writing without an exception.
        await response.WriteAsJsonAsync(problem, problem.GetType(), options: null, MediaType);
    }
}
