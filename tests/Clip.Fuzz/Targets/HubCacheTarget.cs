using System.Text;
using Clip.Fuzz.Mutation;
using Clip.Hub;

namespace Clip.Fuzz.Targets;

/// <summary>Files that lie in a cache: the commit of a branch, a download that was interrupted, a content without its link.</summary>
internal sealed class HubCacheTarget : FuzzTarget
{
    private const string Reference = "refs/main";

    private static byte[] Unavailable => [.. "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8];

    public override string Name => "hub-cache";

    public override string Calls => "HubClient.OpenAsync, HubSnapshot.DownloadAsync on what is there";

    public override IReadOnlyList<Type> Documented { get; } = [typeof(HubException)];

    public override Mutator Mutator => BytesMutator.Instance;

    public override ulong Read(FuzzInput input)
    {
        using var cache = new TemporaryFolder();
        var folder = Path.Combine(cache.Path, "models--org--name");
        var file = Path.Combine(folder, input.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, input.Bytes);

        // A server that cannot say which commit it is leaves that to the reference.
        using var handler = CannedConnection.CreateHandler(input.Name == Reference ? [Unavailable, .. HubFiles.Answers.Skip(1)] : HubFiles.Answers);
        using var client = HubFiles.CreateClient(cache.Path, handler);
        var snapshot = client.OpenAsync(HubFiles.Repository).GetAwaiter().GetResult();
        Require(snapshot.Commit.Length == HubFiles.Commit.Length && snapshot.SnapshotFolder.StartsWith(folder, StringComparison.Ordinal), $"the commit is '{snapshot.Commit}'.");
        var path = snapshot.DownloadAsync(HubFiles.Path).GetAwaiter().GetResult();
        Require(HubFiles.FindProblem(cache.Path, path) is null, HubFiles.FindProblem(cache.Path, path) ?? "");
        return 0;
    }

    protected override IReadOnlyList<Seed> CreateSeeds() =>
    [
        new(Reference, Encoding.ASCII.GetBytes(HubFiles.Commit)),
        new($"blobs/{HubFiles.Etag}.incomplete", HubFiles.Content[..20]),
        new($"blobs/{HubFiles.Etag}.incomplete", HubFiles.Content),
        new("CACHEDIR.TAG", [.. "Signature"u8]),
    ];
}
