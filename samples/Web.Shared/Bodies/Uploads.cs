using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Web.Shared;

/// <summary>Reads what callers send: in bounded memory and time, and what is wrong with it is the callers' mistake.</summary>
/// <param name="limits">The limits.</param>
public sealed class Uploads(IOptions<WebLimits> limits) : IDisposable
{
    private readonly WebLimits _limits = limits.Value;

    /// <summary>Places for bodies that are being read.</summary>
    internal Places Places { get; } = new(limits.Value.MaxUploads, queue: 0);

    /// <summary>Bytes of all bodies.</summary>
    internal MemoryBudget Budget { get; } = new(limits.Value.MaxBufferedBytes);

    /// <summary>Reads an image, which is the body or the file of a form, and labels, of the query and of the form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bodyName">What errors call an image that is the body, which has no name of its own.</param>
    /// <returns>The image, which the caller disposes.</returns>
    /// <exception cref="BadHttpRequestException">The request is damaged, too long or too slow, or brings no image.</exception>
    /// <exception cref="Clip.Preprocessing.ImageDecodingException">It is no image, or one with too many pixels.</exception>
    /// <exception cref="OverloadedException">Too many bodies are being read.</exception>
    public async Task<ImageUpload> ReadImageAsync(HttpRequest request, string bodyName = "the request's body")
    {
        ArgumentNullException.ThrowIfNull(request);
        var labels = new LabelList(_limits);
        foreach (var value in request.Query["labels"])
            labels.Add(value);

        var image = new BodyBuffer(Budget, _limits.MaxBodyBytes);
        try
        {
            var name = bodyName;
            await ReadBodyAsync(request, _limits.MaxBodyBytes, async body =>
            {
                // A tool that was told nothing may call any body "application/x-www-form-urlencoded", as curl does.
                if (ImageForm.Is(request))
                    name = await new ImageForm(_limits, Budget).ReadAsync(request, body, image, labels);
                else
                    await image.ReadAsync(body);
            });
            if (image.Bytes.IsEmpty)
                throw new BadHttpRequestException("There is no image: send it as the body, or as a file in a form.");
            return new ImageUpload(image, name, labels.Labels, _limits.MaxPixels);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Reads a JSON array of texts.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="BadHttpRequestException">The body is damaged, too long or too slow, or is something else.</exception>
    /// <exception cref="OverloadedException">Too many bodies are being read.</exception>
    public async Task<string[]> ReadTextsAsync(HttpRequest request)
    {
        var texts = await ReadJsonAsync<string?[]>(request, "an array of texts");
        if (texts is null || Array.IndexOf(texts, null) >= 0)
            throw new BadHttpRequestException("The body is null or has a null; send an array of texts.");
        if (texts.Length > _limits.MaxTexts)
            throw new BadHttpRequestException($"There are {texts.Length} texts; {_limits.MaxTexts} are allowed.");
        if (Array.Find(texts, text => text!.Length > _limits.MaxTextLength) is { } text)
            throw new BadHttpRequestException($"A text has {text.Length} characters; {_limits.MaxTextLength} are allowed.");
        return texts!;
    }

    /// <summary>Reads a JSON value; names of properties are in camel case.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What it is to be, for the message: "an array of texts".</param>
    /// <returns>The value; null where the body is null.</returns>
    /// <exception cref="BadHttpRequestException">The body is damaged, too long or too slow, or is something else.</exception>
    /// <exception cref="OverloadedException">Too many bodies are being read.</exception>
    public async Task<T?> ReadJsonAsync<T>(HttpRequest request, string what)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        Charset.RequireUtf8(type);
        using var json = new BodyBuffer(Budget, _limits.MaxTextBodyBytes);
        await ReadBodyAsync(request, _limits.MaxTextBodyBytes, json.ReadAsync);
        try
        {
            return JsonSerializer.Deserialize<T>(json.Bytes.Span, JsonSerializerOptions.Web);
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException($"The body is invalid JSON, or not {what}. {exception.Message}", exception);
        }
    }

    /// <summary>The labels in some texts, which may have several separated by commas; each counts once.</summary>
    /// <param name="values">The texts.</param>
    /// <exception cref="BadHttpRequestException">There are too many, or one is too long.</exception>
    public IReadOnlyList<string> RequireLabels(IEnumerable<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var labels = new LabelList(_limits);
        foreach (var value in values)
            labels.Add(value);
        return labels.Labels;
    }

    /// <inheritdoc/>
    public void Dispose() => Places.Dispose();

    private async Task ReadBodyAsync(HttpRequest request, int maxBytes, Func<Stream, Task> read)
    {
        if (!string.IsNullOrEmpty(request.Headers.ContentEncoding))
            throw new BadHttpRequestException("The body has a Content-Encoding; send it as it is.", StatusCodes.Status415UnsupportedMediaType);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = maxBytes;

        using var place = Places.Enter();
        await using var body = new TimedBody(request, _limits.BodyTimeout);
        try
        {
            await read(body);
        }
        // A server's own exceptions about a bad body say what is wrong and have their status.
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException($"The body cannot be read: {exception.Message}", exception);
        }
    }
}
