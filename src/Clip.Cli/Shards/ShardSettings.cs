using System.CommandLine;
using Clip.Cli.Options;
using Clip.Shards;
using Clip.Shards.S3;

namespace Clip.Cli.Shards;

/// <summary>The options of <c>clip embed</c> for tar shards and their workers.</summary>
internal sealed class ShardSettings
{
    private readonly Option<string[]> _shards = new("--shards")
    {
        Description = "Tar files: names with {0000..0123}, folders, http(s):// and s3:// addresses, 'pipe:COMMAND' for a command's output.",
        HelpName = "TAR...",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _folder = Values.Text("--output-folder", "The folder for the shards' embeddings and metadata, which all workers have, or s3://BUCKET/PREFIX.", "FOLDER");

    private readonly Option<string?> _worker = Values.Text("--worker", "Which of several workers this is, from 0. Default: what Slurm, mpirun or mpiexec say; in Kubernetes /N.", "I/N");

    private readonly Option<bool> _captions = new("--captions") { Description = "Embed the shards' captions (.txt) too; needs --truncate." };

    private readonly Option<double?> _maxBadShare = Values.Number("--max-bad-share", "The share of a shard's images that may be unreadable.", 0, 1);

    private readonly Option<int?> _stale = Values.Whole("--stale", "Seconds without a sign of life after which another worker's shard is taken.", 1, 604_800, fallback: 300, helpName: "SECONDS");

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "End when only other workers' shards are left, instead of waiting for them." };

    private readonly Option<bool> _status = new("--status") { Description = "Say how far the workers of --output-folder are." };

    public ShardSettings() => _maxBadShare.DefaultValueFactory = _ => new ShardEmbedderOptions().MaxBadShare;

    /// <summary>The options, in the order of the help.</summary>
    public Option[] All => [_shards, _folder, _worker, _captions, _maxBadShare, _stale, _noWait, _status];

    /// <summary>Whether the command line is one for shards.</summary>
    public bool AreAsked(Invocation invocation) => All.Any(invocation.IsGiven);

    /// <summary>Whether only the state of the workers is asked for.</summary>
    public bool IsStatus(Invocation invocation) => invocation.Get(_status);

    /// <summary>Whether captions are embedded.</summary>
    public bool HasCaptions(Invocation invocation) => invocation.Get(_captions);

    /// <summary>Finds the shards.</summary>
    /// <exception cref="UsageException">None are named.</exception>
    public IReadOnlyList<Shard> FindShards(Invocation invocation) => invocation.Get(_shards) is { Length: > 0 } patterns
        ? Shard.Find(patterns)
        : throw new UsageException("Give --shards, the tar files to embed.");

    /// <summary>Opens where embeddings go.</summary>
    /// <param name="invocation">The run of the command.</param>
    /// <param name="buckets">Opens those that lie in one.</param>
    /// <exception cref="UsageException">It is not named.</exception>
    public IShardStore OpenStore(Invocation invocation, Buckets buckets)
    {
        var folder = invocation.Get(_folder) ?? throw new UsageException("Give --output-folder, where the shards' embeddings go.");
        return S3Address.Is(folder) ? buckets.OpenStore(folder) : new FolderShardStore(folder);
    }

    /// <summary>After what time a worker without signs of life is given up.</summary>
    public TimeSpan StaleAfter(Invocation invocation) => TimeSpan.FromSeconds(invocation.Get(_stale)!.Value);

    /// <summary>How this worker works.</summary>
    /// <param name="invocation">The run of the command.</param>
    /// <param name="buckets">Opens shards that lie in one.</param>
    /// <exception cref="UsageException">It is not known which worker it is.</exception>
    public ShardEmbedderOptions Create(Invocation invocation, Buckets buckets)
    {
        try
        {
            return new ShardEmbedderOptions
            {
                Worker = WorkerNumber.Find(invocation.Get(_worker), Environment.GetEnvironmentVariable),
                WithCaptions = HasCaptions(invocation),
                MaxBadShare = invocation.Get(_maxBadShare)!.Value,
                StaleAfter = StaleAfter(invocation),
                WaitForOthers = !invocation.Get(_noWait),
                Open = buckets.OpenShard,
            };
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--worker: {e.Message}");
        }
    }
}
