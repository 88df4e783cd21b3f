using System.Text.RegularExpressions;

namespace Clip.Documentation.Tests;

/// <summary>Links between pages lead to files that are there, and to headings that they have.</summary>
public sealed partial class LinksTests
{
    public static TheoryData<string> Pages => [.. MarkdownFile.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_ToFilesAndHeadings_Lead(string page)
    {
        var broken = from line in new MarkdownFile(page).Prose
                     from Match link in Link().Matches(line.Text)
                     let target = link.Groups[1].Value
                     where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                     where !Leads(page, target)
                     select $"{page}:{line.Number}: {target}";

        Assert.Equal("", string.Join('\n', broken));
    }

    private static bool Leads(string page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        var path = Path.GetFullPath(Path.Combine(Fixtures.Repository, file));
        if (!File.Exists(path) && !Directory.Exists(path))
            return false;
        return parts.Length == 1 || new MarkdownFile(Path.GetRelativePath(Fixtures.Repository, path)).Anchors.Contains(parts[1]);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
