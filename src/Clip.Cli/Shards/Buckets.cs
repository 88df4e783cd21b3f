using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Clip.Shards;
using Clip.Shards.S3;

namespace Clip.Cli.Shards;

/// <summary>Buckets that a command reads or writes, by one client. Settings come from where the AWS tools find them: the environment, profiles, the machine.</summary>
internal sealed class Buckets : IDisposable
{
    private const string Remedy = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; AWS_REGION; and for a service other than Amazon's AWS_ENDPOINT_URL_S3.";

    private readonly Lazy<AmazonS3Client> _client = new(CreateClient);

    /// <summary>Opens what a bucket keeps for workers.</summary>
    /// <param name="address">The bucket, and what its keys begin with.</param>
    /// <exception cref="UsageException">It names no bucket.</exception>
    /// <exception cref="FailureException">The environment does not say how to reach it.</exception>
    public IShardStore OpenStore(string address)
    {
        try
        {
            var (bucket, prefix) = S3Address.Parse(address);
            return new S3ShardStore(_client.Value, bucket, prefix);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--output-folder: {e.Message}");
        }
    }

    /// <summary>Opens a shard of a bucket; null for other addresses.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public Stream? OpenShard(string address, CancellationToken cancellationToken) =>
        S3Address.Is(address) ? new S3ShardInput(_client.Value).Open(address, cancellationToken) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private static AmazonS3Client CreateClient()
    {
        try
        {
            var config = new AmazonS3Config();
            if ((Named("AWS_ENDPOINT_URL_S3") ?? Named("AWS_ENDPOINT_URL")) is { } endpoint)
            {
                // Other services are not known to have a host name for each bucket, and few look at the region.
                config.ServiceURL = endpoint;
                config.ForcePathStyle = true;
                config.AuthenticationRegion = Named("AWS_REGION") ?? Named("AWS_DEFAULT_REGION") ?? "us-east-1";
            }
            else if (config.RegionEndpoint is null)
            {
                throw new FailureException($"The region of the bucket is not known. {Remedy}");
            }
            return new AmazonS3Client(DefaultAWSCredentialsIdentityResolver.GetCredentials(config), config);
        }
        catch (Exception e) when (e is AmazonClientException or ArgumentException or UriFormatException)
        {
            throw new FailureException($"The bucket cannot be reached. ({e.Message}) {Remedy}", e);
        }
    }

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
