using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Clip.Hub;

namespace Clip.Fuzz.Targets;

/// <summary>A file on the Hub, what a server says of it, and a client for a cache.</summary>
internal static class HubFiles
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Path = "config.json";

    public static HubRepository Repository { get; } = new("org/name");

    public static byte[] Content { get; } = [.. "{\"model_type\": \"clip\", \"some\": [1, 2, 3]}"u8];

    public static string Etag { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>The answers to the question for the commit, to that for the file's headers, and the file.</summary>
    public static IReadOnlyList<byte[]> Answers { get; } = [Head(302), Head(200), Body(Content)];

    public static HubClient CreateClient(string cache, HttpMessageHandler? handler) => new(new HubOptions
    {
        CacheFolder = cache,
        Endpoint = "http://hub.test",
        Token = "",
        Offline = handler is null,
        Retries = 0,
        Timeout = TimeSpan.FromSeconds(5),
        LockTimeout = TimeSpan.FromSeconds(5),
        MaxFileBytes = 1 << 20,
        MessageHandler = handler,
    });

    /// <summary>Fails where the cache holds another content under the file's name, or files that were to be temporary.</summary>
    public static string? FindProblem(string cache, string? path)
    {
        if (path is not null && !File.ReadAllBytes(path).AsSpan().SequenceEqual(Content))
            return $"'{path}' has another content than its hash says.";
        return Directory.EnumerateFiles(cache, "*.tmp", SearchOption.AllDirectories).FirstOrDefault() is { } left ? $"'{left}' was left behind." : null;
    }

    private static byte[] Head(int status) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"""
        HTTP/1.1 {status} {(status == 302 ? "Found" : "OK")}
        X-Repo-Commit: {Commit}
        X-Linked-Etag: "{Etag}"
        X-Linked-Size: {Content.Length}
        ETag: "{Etag}"
        Location: http://files.test/{Etag}
        Content-Length: {Content.Length}
        Connection: close


        """).ReplaceLineEndings("\r\n"));

    private static byte[] Body(byte[] content) =>
    [
        .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nETag: \"{Etag}\"\r\nContent-Length: {content.Length}\r\nAccept-Ranges: bytes\r\nConnection: close\r\n\r\n"),
        .. content,
    ];
}
