using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clip.Shards.S3.Tests;

/// <summary>A bucket in memory on the loopback address: S3's requests for objects, with conditional writes.</summary>
/// <remarks>Source: Amazon S3 API Reference, PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2.</remarks>
internal sealed class ObjectServer : IAsyncDisposable
{
    private const int PageSize = 2;

    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private readonly WebApplication _application;

    private ObjectServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>The keys, sorted.</summary>
    public string[] Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    public byte[] this[string key]
    {
        get => _objects[key].Content;
        set => _objects[key] = new StoredObject(value, DateTimeOffset.UtcNow);
    }

    /// <summary>Keys whose writing fails as on a service that is out of order.</summary>
    public string? FailingKey { get; set; }

    /// <summary>A key that may not be read.</summary>
    public string? ForbiddenKey { get; set; }

    /// <summary>After how many bytes the next answer with more of them breaks off; null for none.</summary>
    public int? NextBreak { get; set; }

    /// <summary>How many answers were parts of an object.</summary>
    public int Parts { get; private set; }

    public static async Task<ObjectServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ObjectServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Makes an object look as if it had been written earlier.</summary>
    public void Age(string key, TimeSpan age) => _objects[key] = _objects[key] with { Modified = _objects[key].Modified - age };

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var key = slash < 0 ? "" : path[(slash + 1)..];
        switch (context.Request.Method)
        {
            case "PUT":
                await PutAsync(context, key);
                break;
            case "DELETE":
                _objects.TryRemove(key, out _);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "GET" when key.Length == 0:
                await context.Response.WriteAsync(List(context.Request.Query).ToString());
                break;
            default:
                await GetAsync(context, key);
                break;
        }
    }

    private async Task PutAsync(HttpContext context, string key)
    {
        Assert.DoesNotContain("aws-chunked", context.Request.Headers.ContentEncoding.ToString(), StringComparison.Ordinal);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (key == FailingKey)
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, "QuotaExceeded");
            return;
        }
        var written = new StoredObject(body.ToArray(), DateTimeOffset.UtcNow);
        bool isAllowed;
        lock (_writing)
        {
            var there = _objects.GetValueOrDefault(key);
            var (none, match) = (context.Request.Headers.IfNoneMatch.ToString(), context.Request.Headers.IfMatch.ToString());
            isAllowed = (none.Length == 0 || there is null) && (match.Length == 0 || there?.Tag == $"\"{match.Trim('"')}\"");
            if (isAllowed)
                _objects[key] = written;
        }
        if (isAllowed)
            context.Response.Headers.ETag = written.Tag;
        else
            await FailAsync(context, StatusCodes.Status412PreconditionFailed, "PreconditionFailed");
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        if (!_objects.TryGetValue(key, out var found))
        {
            await FailAsync(context, StatusCodes.Status404NotFound, "NoSuchKey");
            return;
        }
        if (key == ForbiddenKey)
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, "AccessDenied");
            return;
        }
        if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } match && match.Trim('"') != found.Tag.Trim('"'))
        {
            await FailAsync(context, StatusCodes.Status412PreconditionFailed, "PreconditionFailed");
            return;
        }
        context.Response.Headers.ETag = found.Tag;
        context.Response.Headers.LastModified = found.Modified.ToString("R", CultureInfo.InvariantCulture);
        var content = found.Content.AsMemory();
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { } range)
        {
            var (first, last) = ((int)range.From!, (int)range.To!);
            content = content[first..(last + 1)];
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {first}-{last}/{found.Content.Length}";
            Parts++;
        }
        context.Response.ContentLength = content.Length;
        if (context.Request.Method != "GET")
            return;
        if (NextBreak is { } end && content.Length > end)
        {
            NextBreak = null;
            await context.Response.Body.WriteAsync(content[..end]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(content);
    }

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    }

    private XElement List(IQueryCollection query)
    {
        XNamespace space = "http://s3.amazonaws.com/doc/2006-03-01/";
        var prefix = query["prefix"].ToString();
        var keys = Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !key[prefix.Length..].Contains('/', StringComparison.Ordinal))
            .Where(key => string.CompareOrdinal(key, query["continuation-token"].ToString()) > 0).ToList();
        var page = keys.Take(PageSize).ToList();
        return new XElement(
            space + "ListBucketResult",
            new XElement(space + "IsTruncated", keys.Count > page.Count ? "true" : "false"),
            keys.Count > page.Count ? new XElement(space + "NextContinuationToken", page[^1]) : null,
            page.Select(key => new XElement(
                space + "Contents",
                new XElement(space + "Key", key),
                new XElement(space + "LastModified", _objects[key].Modified.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.000Z", CultureInfo.InvariantCulture)),
                new XElement(space + "ETag", _objects[key].Tag),
                new XElement(space + "Size", _objects[key].Content.Length))));
    }

    private sealed record StoredObject(byte[] Content, DateTimeOffset Modified)
    {
        public string Tag { get; } = $"\"{Convert.ToHexStringLower(MD5.HashData(Content))}\"";
    }
}
