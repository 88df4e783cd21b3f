using System.Buffers;

namespace Clip.Checkpoints.Sharding;

/// <summary>Tells plain file names from everything that could lead out of the index's folder.</summary>
internal static class ShardName
{
    private const int Longest = 255;

    // Separators and drives of every system, wildcards and other characters that some systems give a meaning.
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Whether a name can only mean a file in the folder it is looked up in, on every operating system.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= Longest
        && name is not ("." or "..")
        && !name.AsSpan().ContainsAny(Refused)
        && !name.Any(char.IsControl)
        && name[^1] is not ('.' or ' ');
}
