using System.Text;
using System.Text.RegularExpressions;
using Clip.Shared;

namespace Clip.Hub;

/// <summary>Options with everything filled in from the environment, and checked.</summary>
/// <remarks>Source of the variables, their order and their defaults: <c>constants.py</c> and <c>utils/_auth.py</c> of huggingface_hub.</remarks>
internal sealed partial class HubSettings
{
    private const string DefaultEndpoint = "https://huggingface.co";

    // HF_HUB_ETAG_TIMEOUT of huggingface_hub; ours is longer once bytes are on their way, for slow mirrors.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultProbeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    private readonly Func<string, string?> _environment;

    /// <summary>Fills in and checks.</summary>
    /// <param name="options">What the caller wrote down.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <exception cref="ArgumentException">An option or a variable has a value that makes no sense.</exception>
    public HubSettings(HubOptions options, Func<string, string?> environment)
    {
        _environment = environment;
        ArgumentOutOfRangeException.ThrowIfNegative(options.Retries, nameof(options.Retries));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RetryDelay, TimeSpan.Zero, nameof(options.RetryDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RetryDelay, HubTransport.LongestWait, nameof(options.RetryDelay));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxFileBytes, nameof(options.MaxFileBytes));
        if (options.LockTimeout != System.Threading.Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(options.LockTimeout, TimeSpan.Zero, nameof(options.LockTimeout));
        Timeout = options.Timeout ?? Seconds("HF_HUB_DOWNLOAD_TIMEOUT") ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero, nameof(options.Timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, LongestTimeout, nameof(options.Timeout));
        var probe = Seconds("HF_HUB_ETAG_TIMEOUT") ?? DefaultProbeTimeout;
        ProbeTimeout = probe < Timeout ? probe : Timeout;

        var home = Variable("HF_HOME") is { } folder ? Expand(folder)
            : Path.Combine(Variable("XDG_CACHE_HOME") is { } caches ? Expand(caches) : Path.Combine(UserFolder, ".cache"), "huggingface");
        CacheFolder = Path.GetFullPath(
            Expand(options.CacheFolder ?? Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")));
        Endpoint = ParseEndpoint(options.Endpoint ?? Variable("HF_ENDPOINT") ?? DefaultEndpoint);
        Offline = options.Offline ?? (IsSet("HF_HUB_OFFLINE") || IsSet("TRANSFORMERS_OFFLINE"));
        UseSymbolicLinks = options.UseSymbolicLinks ?? !IsSet("HF_HUB_DISABLE_SYMLINKS");
        Token = Clean(options.Token ?? FindToken(Expand(options.TokenPath ?? Variable("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))));
        Retries = options.Retries;
        RetryDelay = options.RetryDelay;
        LockTimeout = options.LockTimeout;
        MaxFileBytes = options.MaxFileBytes;
    }

    public string CacheFolder { get; }

    /// <summary>The endpoint; its path ends with a slash, so that relative addresses append to it.</summary>
    public Uri Endpoint { get; }

    public string? Token { get; }

    public bool Offline { get; }

    public bool UseSymbolicLinks { get; }

    public int Retries { get; }

    public TimeSpan RetryDelay { get; }

    public TimeSpan Timeout { get; }

    /// <summary>How long to wait for the Hub to say what a revision is now, where the cache knows what it was.</summary>
    public TimeSpan ProbeTimeout { get; }

    public TimeSpan LockTimeout { get; }

    public long MaxFileBytes { get; }

    private string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private string? FindToken(string tokenPath) =>
        IsSet("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null
        : Variable("HF_TOKEN") ?? Variable("HUGGING_FACE_HUB_TOKEN") ?? (File.Exists(tokenPath) ? Encoding.UTF8.GetString(RegularFile.ReadAllBytes(tokenPath)) : null);

    private static string? Clean(string? token)
    {
        token = token?.Trim();
        if (string.IsNullOrEmpty(token))
            return null;
        // Tokens are letters, digits and underscores; whatever is visible ASCII is harmless in a header.
        if (token.Any(character => character is <= ' ' or > '~'))
            throw new ArgumentException("The Hub's token has a space, a line break or a character outside ASCII; copy it again from the Hub's settings.");
        return token;
    }

    private static Uri ParseEndpoint(string text)
    {
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var endpoint) || !HubTransport.IsWeb(endpoint)
            || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                $"The Hub's endpoint has to be an http or https address without user, query and fragment, such as {DefaultEndpoint}; it comes from the options or from HF_ENDPOINT.");
        }
        return endpoint;
    }

    private string? Variable(string name) => _environment(name) is { Length: > 0 } value ? value : null;

    private bool IsSet(string name) => Variable(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private TimeSpan? Seconds(string name) =>
        Variable(name) is not { } text ? null
        : int.TryParse(text, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentException($"{name} has to be a whole number of seconds above 0, but is '{text}'.");

    // "~" and variables, as os.path.expanduser and os.path.expandvars do.
    private string Expand(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal))
            path = UserFolder + path[1..];
        return PathVariable().Replace(path, match => _environment(match.Groups["name"].Value) ?? match.Value);
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)\}|\$(?<name>\w+)")]
    private static partial Regex PathVariable();
}
