namespace Clip.Documentation.Tests;

/// <summary>A page of the repository's documentation: its blocks of code and its links.</summary>
internal sealed class MarkdownFile(string path)
{
    private static readonly string[] Folders = ["docs", "src", "samples", "models", "tests/Fixtures"];

    private readonly string[] _lines = File.ReadAllLines(Path.Combine(Fixtures.Repository, path));

    /// <summary>All pages, by their paths from the repository's root.</summary>
    public static IEnumerable<string> All { get; } =
    [
        .. Directory.GetFiles(Fixtures.Repository, "*.md").Concat(Folders.SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, folder), "*.md", SearchOption.AllDirectories)))
            .Select(file => Path.GetRelativePath(Fixtures.Repository, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The blocks marked as C#.</summary>
    public IEnumerable<CodeBlock> CodeBlocks
    {
        get
        {
            for (var i = 0; i < _lines.Length; i++)
            {
                if (_lines[i].Trim() != "```csharp")
                    continue;
                var end = Array.FindIndex(_lines, i + 1, line => line.Trim() == "```");
                yield return new CodeBlock(path, i + 2, string.Join('\n', _lines[(i + 1)..end]));
                i = end;
            }
        }
    }

    /// <summary>The lines outside of blocks of code, with their numbers.</summary>
    public IEnumerable<(int Number, string Text)> Prose
    {
        get
        {
            var inCode = false;
            for (var i = 0; i < _lines.Length; i++)
            {
                if (_lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                    inCode = !inCode;
                else if (!inCode)
                    yield return (i + 1, _lines[i]);
            }
        }
    }

    /// <summary>The anchors of the headings, as code hosts and docfx make them.</summary>
    public IEnumerable<string> Anchors =>
        from line in Prose
        where line.Text.StartsWith('#')
        select string.Concat(line.Text.TrimStart('#').Trim().ToLowerInvariant()
            .Select(c => c == ' ' ? "-" : char.IsLetterOrDigit(c) || c is '-' or '_' ? c.ToString() : ""));
}
