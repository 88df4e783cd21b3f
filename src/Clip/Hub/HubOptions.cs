using System.Text;

namespace Clip.Hub;

/// <summary>Where files of the Hugging Face Hub come from and where they are kept.</summary>
/// <remarks>
/// What is null is taken from the environment, from the same variables that Python's huggingface_hub reads; a variable that is
/// empty counts as not set.
/// </remarks>
public sealed record HubOptions
{
    /// <summary>The folder of the cache, which is shared with Python's huggingface_hub.</summary>
    /// <remarks>
    /// Null: HF_HUB_CACHE, else the folder "hub" in HF_HOME, else in XDG_CACHE_HOME/huggingface, else in ~/.cache/huggingface.
    /// </remarks>
    public string? CacheFolder { get; init; }

    /// <summary>The address of the Hub or of a mirror, http or https, with or without a path. Null: HF_ENDPOINT, else https://huggingface.co.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The access token for private and gated repositories; it is sent to the endpoint alone, never to where that redirects.</summary>
    /// <remarks>
    /// Null: HF_TOKEN, else the content of the token file, neither if HF_HUB_DISABLE_IMPLICIT_TOKEN is set. Empty: no token.
    /// </remarks>
    public string? Token { get; init; }

    /// <summary>The file that <c>hf auth login</c> leaves the token in. Null: HF_TOKEN_PATH, else the file "token" in HF_HOME.</summary>
    public string? TokenPath { get; init; }

    /// <summary>Whether to make no request at all and to use what the cache has. Null: HF_HUB_OFFLINE.</summary>
    public bool? Offline { get; init; }

    /// <summary>Whether snapshots link to the blobs rather than hold the files themselves. Null: yes, unless HF_HUB_DISABLE_SYMLINKS is set.</summary>
    /// <remarks>Where the system does not allow symbolic links, as Windows without developer mode, files are moved or copied anyway.</remarks>
    public bool? UseSymbolicLinks { get; init; }

    /// <summary>How often a request is repeated that failed for a passing reason (408, 429, 5xx, connection, timeout). At least 0.</summary>
    /// <remarks>A download that got on by a mebibyte or more starts to count anew.</remarks>
    public int Retries { get; init; } = 5;

    /// <summary>The wait before the first retry; it doubles with each, give or take a random part, unless the server says how long. At most 5 minutes.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for an answer, or for the next bytes of one. Null: HF_HUB_DOWNLOAD_TIMEOUT in seconds, else 30 seconds. At most a day.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long to wait for another process that downloads the same file without getting on. Infinite is allowed.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest file that is downloaded, in bytes; 64 GiB unless told, some three times the largest CLIP.</summary>
    public long MaxFileBytes { get; init; } = 64L << 30;

    /// <summary>Sends the requests, for proxies and tests; it stays the caller's to dispose and must not follow redirects itself.</summary>
    /// <remarks>Null: a handler of the client's own, which uses the proxy of the system or of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.</remarks>
    public HttpMessageHandler? MessageHandler { get; init; }

    // Called by the compiler's ToString: options end up in logs, and the token must not.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(
            $"CacheFolder = {CacheFolder}, Endpoint = {Endpoint}, Token = {(string.IsNullOrEmpty(Token) ? Token : "***")}, TokenPath = {TokenPath}, ")
            .Append($"Offline = {Offline}, UseSymbolicLinks = {UseSymbolicLinks}, Retries = {Retries}, RetryDelay = {RetryDelay}, ")
            .Append($"Timeout = {Timeout}, LockTimeout = {LockTimeout}, MaxFileBytes = {MaxFileBytes}, MessageHandler = {MessageHandler?.GetType().Name}");
        return true;
    }
}
