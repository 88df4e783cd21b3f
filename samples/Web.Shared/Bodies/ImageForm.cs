using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Web.Shared;

/// <summary>Reads a multipart form with one image and labels.</summary>
/// <param name="limits">The limits.</param>
/// <param name="budget">Where the memory comes from.</param>
internal sealed class ImageForm(WebLimits limits, MemoryBudget budget)
{
    // RFC 2046, section 5.1.1: a boundary has no more than 70 characters.
    private const int MaxBoundaryLength = 70;
    private const int MaxHeaders = 16;
    private const int MaxHeaderBytes = 8 << 10;
    private const string MultipartForm = "multipart/form-data";
    private const string LabelsField = "labels";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a request brings a form.</summary>
    public static bool Is(HttpRequest request) => request.ContentType?.StartsWith(MultipartForm, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="image">Receives the bytes of the image.</param>
    /// <param name="labels">Receives the labels.</param>
    /// <returns>The name of the image.</returns>
    /// <exception cref="BadHttpRequestException">The form is damaged, or has more or less than one image.</exception>
    public async Task<string> ReadAsync(HttpRequest request, Stream body, BodyBuffer image, LabelList labels)
    {
        var reader = new MultipartReader(GetBoundary(request), body)
        {
            HeadersCountLimit = MaxHeaders,
            HeadersLengthLimit = MaxHeaderBytes,
            BodyLengthLimit = limits.MaxBodyBytes,
        };
        string? name = null;
        for (var parts = 0; await reader.ReadNextSectionAsync() is { } part; parts++)
        {
            if (parts == limits.MaxFormFields)
                throw new BadHttpRequestException($"The form has more fields than the {limits.MaxFormFields} that are allowed.");
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || disposition.DispositionType != "form-data")
                throw new BadHttpRequestException("A part of the form has no Content-Disposition header of type form-data.");
            if (disposition.IsFileDisposition())
            {
                if (name is not null)
                    throw new BadHttpRequestException("The form has several files; send one image.");
                name = GetFileName(disposition);
                await image.ReadAsync(part.Body);
            }
            else if (HeaderUtilities.RemoveQuotes(disposition.Name).Equals(LabelsField, StringComparison.OrdinalIgnoreCase))
            {
                labels.Add(await ReadTextAsync(part));
            }
        }
        return name ?? throw new BadHttpRequestException("The form has 0 files; send one image.");
    }

    private static string GetBoundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw new BadHttpRequestException("The Content-Type of the form cannot be read.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        return boundary.Length switch
        {
            0 => throw new BadHttpRequestException("The Content-Type of the form names no boundary."),
            > MaxBoundaryLength => throw new BadHttpRequestException(
                $"The boundary of the form has {boundary.Length} characters; {MaxBoundaryLength} are allowed."),
            _ => boundary.ToString(),
        };
    }

    private static string GetFileName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName);
        return name.Length > 0 ? name.ToString() : "the form's file";
    }

    private async Task<string> ReadTextAsync(MultipartSection part)
    {
        MediaTypeHeaderValue.TryParse(part.ContentType, out var type);
        Charset.RequireUtf8(type);
        using var text = new BodyBuffer(budget, limits.MaxTextBodyBytes);
        await text.ReadAsync(part.Body);
        try
        {
            return s_utf8.GetString(text.Bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new BadHttpRequestException("A field of the form is not UTF-8.");
        }
    }
}
