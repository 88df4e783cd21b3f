using Microsoft.AspNetCore.Http;
using Web.Shared;

namespace WebApi.Tests;

/// <summary>Answers to callers who may have gone away.</summary>
public sealed class ProblemWriterTests
{
    [Fact]
    public async Task Write_CallerIsThere_WritesTheProblemAsJson()
    {
        var context = NewContext(CancellationToken.None);

        await new JsonProblemWriter().WriteAsync(new ProblemDetailsContext { HttpContext = context });

        Assert.Equal("application/problem+json", context.Response.ContentType);
        Assert.True(context.Response.Body.Length > 0);
    }

    // The exception handler logs what is thrown while it answers, as an error of the server.
    [Fact]
    public async Task Write_CallerIsGone_DoesNotThrow()
    {
        var context = NewContext(new CancellationToken(canceled: true));

        await new JsonProblemWriter().WriteAsync(new ProblemDetailsContext { HttpContext = context });

        Assert.Equal(0, context.Response.Body.Length);
    }

    private static DefaultHttpContext NewContext(CancellationToken aborted)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        context.Response.Body = new MemoryStream();
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context;
    }
}
