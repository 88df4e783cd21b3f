using System.Buffers;

namespace Clip.Hub;

/// <summary>The rules for names that become parts of addresses and of paths in the cache.</summary>
/// <remarks>
/// They hold on every system, so that a name which is harmless on one cannot leave the cache on another.
/// Source for repositories: <c>validate_repo_id</c> of Python's huggingface_hub; for revisions: git-check-ref-format.
/// </remarks>
internal static class HubNames
{
    /// <summary>Hexadecimal digits of a git commit, and of the etag of a file that git holds itself.</summary>
    public const int Sha1Digits = 40;

    /// <summary>Hexadecimal digits of the etag of a large file.</summary>
    public const int Sha256Digits = 64;

    // Linux, macOS and Windows allow 255 units in a file's name; a cache folder has to fit before a path of 1024.
    private const int LongestSegment = 255;
    private const int LongestPath = 1024;

    // validate_repo_id of huggingface_hub.
    private const int LongestRepositoryPart = 96;

    private static readonly SearchValues<char> RepositoryCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    // What Windows does not allow in a file's name; the backslash and the colon would lead elsewhere.
    private static readonly SearchValues<char> ForbiddenInPaths = SearchValues.Create("\\:*?\"<>|");
    private static readonly SearchValues<char> ForbiddenInRevisions = SearchValues.Create(" ~^[");
    private static readonly SearchValues<char> LowerHexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Says why a text is not "organization/name", or null if it is.</summary>
    public static string? FindRepositoryProblem(string id)
    {
        var parts = id.Split('/');
        return parts.Length != 2 ? "is not of the form 'organization/name'"
            : parts.Any(part => part.Length is 0 or > LongestRepositoryPart) ? $"needs 1 to {LongestRepositoryPart} characters before and after the slash"
            : parts.Any(part => part.AsSpan().ContainsAnyExcept(RepositoryCharacters)) ? "has characters other than letters, digits, '-', '_' and '.'"
            : parts.Any(part => part[0] is '-' or '.' || part[^1] is '-' or '.') ? "has a part that begins or ends with '-' or '.'"
            : id.Contains("--", StringComparison.Ordinal) || id.Contains("..", StringComparison.Ordinal) ? "contains '--' or '..'"
            : id.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? "ends with '.git'"
            : null;
    }

    /// <summary>Says why a text cannot be a branch, tag or commit, or null if it can.</summary>
    public static string? FindRevisionProblem(string revision) =>
        FindPathProblem(revision)
        ?? (revision.AsSpan().ContainsAny(ForbiddenInRevisions) ? "has a space or one of ~^[, which git does not allow"
            : revision.Contains("@{", StringComparison.Ordinal) || revision.Contains("..", StringComparison.Ordinal) ? "contains '..' or '@{', which git does not allow"
            : revision[0] == '-' ? "begins with '-'"
            : revision.Split('/').Any(part => part[0] == '.' || part.EndsWith(".lock", StringComparison.Ordinal))
                ? "has a part that begins with '.' or ends with '.lock', which git does not allow"
            : null);

    /// <summary>Says why a text is not the path of a file in a repository, with forward slashes, or null if it is.</summary>
    public static string? FindPathProblem(string path)
    {
        if (path.Length is 0 or > LongestPath)
            return $"needs 1 to {LongestPath} characters";
        if (path.AsSpan().ContainsAny(ForbiddenInPaths) || path.Any(char.IsControl))
            return "has a control character or one of \\ : * ? \" < > |";
        foreach (var segment in path.Split('/'))
        {
            // Windows drops full stops and spaces at the end of a name, and "..." would be "..".
            if (segment.Length is 0 or > LongestSegment || segment[^1] is '.' or ' ')
                return "has a part that is empty, longer than 255 characters, or ends with '.' or a space";
        }
        return null;
    }

    /// <summary>Whether a text is the full hash of a commit, as the cache spells it.</summary>
    public static bool IsCommit(string? text) => text?.Length == Sha1Digits && IsHexadecimal(text);

    /// <summary>Whether a text is a hash by which a blob can be named and verified.</summary>
    public static bool IsEtag(string? text) => text?.Length is Sha1Digits or Sha256Digits && IsHexadecimal(text);

    private static bool IsHexadecimal(string text) => !text.AsSpan().ContainsAnyExcept(LowerHexadecimal);
}
