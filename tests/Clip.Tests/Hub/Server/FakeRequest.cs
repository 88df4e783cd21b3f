namespace Clip.Tests.Hub.Server;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Method">HEAD or GET.</param>
/// <param name="Target">Path and query, still escaped.</param>
/// <param name="Headers">The headers, by names in any case.</param>
public sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte that is asked for, if a range is.</summary>
    public long? Offset => Headers.TryGetValue("Range", out var range) ? long.Parse(range["bytes=".Length..^1]) : null;
}
