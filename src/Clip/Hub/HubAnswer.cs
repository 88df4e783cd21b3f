using System.Net;

namespace Clip.Hub;

/// <summary>What the headers of an answer of the Hub say; nothing in it has been checked.</summary>
internal sealed record HubAnswer
{
    /// <summary>Reads the headers.</summary>
    public HubAnswer(Uri address, HttpResponseMessage response)
    {
        Address = address;
        StatusCode = response.StatusCode;
        ErrorCode = Header(response, "X-Error-Code");
        ErrorMessage = Header(response, "X-Error-Message");
        Commit = Header(response, "X-Repo-Commit");
        LinkedEtag = Header(response, "X-Linked-Etag");
        Etag = StripQuotes(LinkedEtag ?? Header(response, "ETag"));
        // The length of a redirect is that of its own text, not of the file.
        Size = long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked
            : HubTransport.IsRedirect(response) ? null
            : response.Content.Headers.ContentLength;
    }

    /// <summary>Where the answer came from.</summary>
    public Uri Address { get; }

    public HttpStatusCode StatusCode { get; }

    /// <summary>RepoNotFound, RevisionNotFound, EntryNotFound, GatedRepo or another word of the Hub.</summary>
    public string? ErrorCode { get; }

    public string? ErrorMessage { get; }

    /// <summary>The commit that the revision stands for.</summary>
    public string? Commit { get; }

    /// <summary>The sha256 of a file in large-file storage.</summary>
    public string? LinkedEtag { get; }

    /// <summary>The hash of the content, without quotes.</summary>
    public string? Etag { get; }

    /// <summary>The file's size in bytes.</summary>
    public long? Size { get; }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    // Both W/"..." and "..."; a content delivery network makes an etag weak when it compresses.
    private static string? StripQuotes(string? etag) =>
        etag is null ? null : (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
}
