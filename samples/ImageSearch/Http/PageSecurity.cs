using Microsoft.Net.Http.Headers;

namespace ImageSearch;

/// <summary>What keeps a stranger's image, title or page from doing anything in this page's name.</summary>
internal static class PageSecurity
{
    // Everything from here, images also from memory; no inline script or style, and no text that becomes markup.
    private const string Policy =
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Adds headers to every answer, problems included.</summary>
    public static void UsePageSecurity(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (!headers.ContainsKey(HeaderNames.CacheControl))
                headers.CacheControl = "no-cache";
            return Task.CompletedTask;
        });
        return next(context);
    });

    /// <summary>Refuses changes that another site's page asks a browser for. Browsers say where a request comes from (Fetch Metadata); other clients say nothing.</summary>
    public static void UseSameOrigin(this WebApplication app) => app.Use((context, next) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
        || context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
            ? next(context)
            : throw new BadHttpRequestException("The request comes from another site's page.", StatusCodes.Status403Forbidden));
}
