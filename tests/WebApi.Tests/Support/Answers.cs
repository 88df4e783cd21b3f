using System.Net;
using System.Text.Json.Nodes;

namespace WebApi.Tests.Support;

/// <summary>What tests ask of answers.</summary>
internal static class Answers
{
    /// <summary>An image as a body.</summary>
    public static ByteArrayContent Body(byte[] bytes) => new(bytes);

    /// <summary>Fails unless an answer is a problem in JSON with a status and some words, and without a stack trace.</summary>
    public static async Task RequireProblemAsync(HttpResponseMessage response, HttpStatusCode status, string says)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.Contains(says, (string)problem["detail"]!, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    /// <summary>Fails unless an answer is a refusal that says when to try again.</summary>
    public static async Task RequireRefusalAsync(HttpResponseMessage response, HttpStatusCode status, string says)
    {
        await RequireProblemAsync(response, status, says);
        Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }
}
