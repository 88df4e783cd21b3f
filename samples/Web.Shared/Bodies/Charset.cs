using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Web.Shared;

/// <summary>How texts are encoded.</summary>
internal static class Charset
{
    /// <summary>Refuses a media type whose texts are not UTF-8.</summary>
    /// <exception cref="BadHttpRequestException">They are not.</exception>
    public static void RequireUtf8(MediaTypeHeaderValue? type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type?.Charset ?? default);
        if (charset.Length > 0 && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException($"The charset is '{charset}'; texts are sent in utf-8.");
    }
}
