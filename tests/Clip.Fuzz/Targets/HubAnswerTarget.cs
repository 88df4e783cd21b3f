using System.Text;
using Clip.Fuzz.Mutation;
using Clip.Hub;

namespace Clip.Fuzz.Targets;

/// <summary>Answers of a server in place of the Hub, as they come from the connection.</summary>
internal sealed class HubAnswerTarget : FuzzTarget
{
    // Ends an answer within an input.
    private static readonly byte[] s_separator = [.. "\n=====\n"u8];

    public override string Name => "hub-answer";

    public override string Calls => "HubClient.OpenAsync, HubSnapshot.DownloadAsync";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(HubException)];

    public override Mutator Mutator { get; } = new LinesMutator();

    public override ulong Read(FuzzInput input)
    {
        using var cache = new TemporaryFolder();
        using var handler = CannedConnection.CreateHandler(Split(input.Bytes));
        try
        {
            using var client = HubFiles.CreateClient(cache.Path, handler);
            var snapshot = client.OpenAsync(HubFiles.Repository).GetAwaiter().GetResult();
            var path = snapshot.DownloadAsync(HubFiles.Path).GetAwaiter().GetResult();
            Require(path.StartsWith(cache.Path, StringComparison.Ordinal), $"'{path}' is not in the cache.");
            Require(HubFiles.FindProblem(cache.Path, path) is null, HubFiles.FindProblem(cache.Path, path) ?? "");
        }
        catch (HubException)
        {
            Require(HubFiles.FindProblem(cache.Path, path: null) is null, HubFiles.FindProblem(cache.Path, path: null) ?? "");
            throw;
        }
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
    [
        new("answers", Join(HubFiles.Answers)),
        new("answers", Join([HubFiles.Answers[0], HubFiles.Answers[1], Redirect(), HubFiles.Answers[2]])),
        new("answers", Join([HubFiles.Answers[0], HubFiles.Answers[1], Chunked()])),
        new("answers", Join([Error("404 Not Found", "EntryNotFound"), HubFiles.Answers[1], HubFiles.Answers[2]])),
        new("answers", Join([HubFiles.Answers[0], Error("403 Forbidden", "GatedRepo")])) { IsRefused = true },
        new("answers", Join([Error("429 Too Many Requests", "none"), Error("503 Service Unavailable", "none")])) { IsRefused = true },
    ];

    private static byte[] Error(string status, string code) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nX-Error-Code: {code}\r\nX-Error-Message: no\r\nX-Repo-Commit: {HubFiles.Commit}\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private static byte[] Redirect() =>
        [.. "HTTP/1.1 302 Found\r\nLocation: http://files.test/x?signature=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8];

    private static byte[] Chunked() =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{HubFiles.Content.Length:x}\r\n{Encoding.ASCII.GetString(HubFiles.Content)}\r\n0\r\n\r\n");

    private static byte[] Join(IReadOnlyList<byte[]> answers) => [.. answers.SelectMany((answer, place) => place == 0 ? answer : [.. s_separator, .. answer])];

    private static List<byte[]> Split(byte[] bytes)
    {
        var answers = new List<byte[]>();
        while (bytes.AsSpan().IndexOf(s_separator) is >= 0 and var place)
        {
            answers.Add(bytes[..place]);
            bytes = bytes[(place + s_separator.Length)..];
        }
        return [.. answers, bytes];
    }
}
