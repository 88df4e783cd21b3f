using System.Diagnostics;
using System.Reflection;
using Amazon.Runtime;
using Amazon.S3;

namespace Clip.Shards.S3.Tests;

/// <summary>A server of the protocol that others wrote, where node and <c>eng/fetch-s3rver</c> have it: it checks signatures and does not know conditional writes.</summary>
internal sealed class S3RverServer : IAsyncDisposable
{
    private static readonly string s_folder = typeof(S3RverServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "S3RverFolder").Value!;

    private readonly TemporaryFolder _objects = new();
    private readonly Process _process;

    private S3RverServer(Func<string, Process> start) => _process = start(_objects.Path);

    /// <summary>Starts it; the test is skipped where it is not there.</summary>
    public static async Task<(S3RverServer Server, AmazonS3Client Client)> StartAsync()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(s_folder, "node_modules", "s3rver")), "No object store: eng/fetch-s3rver has not been run.");
        var server = new S3RverServer(objects =>
        {
            try
            {
                return Process.Start(new ProcessStartInfo("node", ["server.cjs", objects]) { WorkingDirectory = s_folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                Assert.Skip($"No object store: node does not start ({e.Message}).");
                throw;
            }
        });
        var port = await server._process.StandardOutput.ReadLineAsync(Patience.Token);
        return (server, new AmazonS3Client(
            new BasicAWSCredentials("S3RVER", "S3RVER"),
            new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{port}", ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 }));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForEndAsync();
        _process.Dispose();
        _objects.Dispose();
    }
}
