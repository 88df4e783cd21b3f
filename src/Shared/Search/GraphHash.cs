using System.IO.Hashing;

namespace Clip.Shared.Search;

/// <summary>By what a file of a graph is known to be whole: USearch trusts what it reads.</summary>
internal static class GraphHash
{
    /// <summary>XXH3 of a file's bytes.</summary>
    /// <param name="path">The file.</param>
    public static ulong Of(string path)
    {
        var hash = new XxHash3();
        using var stream = RegularFile.OpenRead(path, bufferSize: 0);
        hash.Append(stream);
        return hash.GetCurrentHashAsUInt64();
    }
}
