using System.Security.Cryptography;
using System.Text;

namespace Clip.Tests.Hub.Server;

/// <summary>A Hub with one repository, and the storage that it redirects to for large files, on another port.</summary>
public sealed class FakeHub : IDisposable
{
    public const string Repository = "org/name";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly Dictionary<string, (byte[] Content, bool IsLarge)> _files = new(StringComparer.Ordinal);

    private readonly string _repository;

    public FakeHub(string repository = Repository)
    {
        _repository = repository;
        // The same machine under another name: as foreign as any other host.
        Storage = new FakeServer(AnswerFromStorage, "localhost");
        Server = new FakeServer(Answer);
        Add("config.json", "{}"u8.ToArray(), isLarge: false);
    }

    /// <summary>The endpoint.</summary>
    public FakeServer Server { get; }

    /// <summary>Where large files come from.</summary>
    public FakeServer Storage { get; }

    /// <summary>The hash that git gives a content.</summary>
    public static string GitHash(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    /// <summary>The hash that large files are named by.</summary>
    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Bytes that are not all alike, the same each time.</summary>
    public static byte[] MakeBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Adds a file to the repository.</summary>
    public byte[] Add(string path, byte[] content, bool isLarge)
    {
        _files[path] = (content, isLarge);
        return content;
    }

    /// <summary>What the Hub says of a file; the headers may be changed.</summary>
    public FakeResponse Describe(string path)
    {
        var (content, isLarge) = _files[path];
        return isLarge
            ? new(302)
            {
                Headers =
                {
                    ["X-Repo-Commit"] = Commit,
                    ["X-Linked-Etag"] = $"\"{Sha256(content)}\"",
                    ["X-Linked-Size"] = $"{content.Length}",
                    ["ETag"] = "\"another\"",
                    ["Location"] = $"{Storage.Address}/{Sha256(content)}?signature=secret",
                },
                Body = "Found. Redirecting."u8.ToArray(),
            }
            : new(200) { Headers = { ["X-Repo-Commit"] = Commit, ["ETag"] = $"W/\"{GitHash(content)}\"" }, Body = content };
    }

    /// <summary>A refusal, in the Hub's way of saying why if there is a code.</summary>
    public static FakeResponse Error(int status, string? code = null, params (string Name, string Value)[] headers)
    {
        var answer = new FakeResponse(status);
        if (code is not null)
        {
            answer.Headers["X-Error-Code"] = code;
            answer.Headers["X-Error-Message"] = "Words of the server";
        }
        foreach (var (name, value) in headers)
            answer.Headers[name] = value;
        return answer;
    }

    public void Dispose()
    {
        Server.Dispose();
        Storage.Dispose();
    }

    private FakeResponse Answer(FakeRequest request)
    {
        var parts = request.Target.Split('/', 6);
        if (parts.Length != 6 || $"{parts[1]}/{parts[2]}" != _repository || parts[3] != "resolve")
            return Error(404, "RepoNotFound");
        if (parts[4] is not ("main" or "refs%2Fpr%2F1" or Commit))
            return Error(404, "RevisionNotFound");
        var path = Uri.UnescapeDataString(parts[5]);
        if (!_files.TryGetValue(path, out var file))
            return Error(404, "EntryNotFound", ("X-Repo-Commit", Commit));
        return file.IsLarge || request.Offset is null ? Describe(path) : FakeResponse.Bytes(file.Content, request.Offset);
    }

    private FakeResponse AnswerFromStorage(FakeRequest request) =>
        FakeResponse.Bytes(_files.Values.Single(file => request.Target == $"/{Sha256(file.Content)}?signature=secret").Content, request.Offset);
}
