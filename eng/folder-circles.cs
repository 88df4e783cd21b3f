// Finds folders of a package that know each other in a circle: dotnet run eng/folder-circles.cs
//
// A folder knows another when one of its files names a type that the other declares. The folder is the first one below the package; the
// package's root is its face, which may know its folders and be known by them. Names that several folders declare are passed over.
// Prints each circle with the files that close it, and exits with 1 when there is one.

using System.Text.RegularExpressions;

var source = Path.GetFullPath(args.Length > 0 ? args[0] : "src");
if (!Directory.Exists(source))
{
    Console.Error.WriteLine($"There is no folder '{source}'. Run this from the root of the repository.");
    return 2;
}

var circles = 0;
foreach (var package in Directory.GetDirectories(source).Order(StringComparer.Ordinal))
{
    var files = Directory.EnumerateFiles(package, "*.cs", SearchOption.AllDirectories)
        .Select(path => new CodeFile(Path.GetRelativePath(package, path).Replace('\\', '/'), Code.Read(path)))
        .Where(file => file.Folder is not ("" or "bin" or "obj"))
        .ToArray();
    var owners = files
        .SelectMany(file => Code.Declared(file.Text).Select(type => (type, file.Folder)))
        .GroupBy(entry => entry.type, entry => entry.Folder)
        .Where(group => group.Distinct().Count() == 1)
        .ToDictionary(group => group.Key, group => group.First());

    var arrows = new Dictionary<(string From, string To), List<string>>();
    foreach (var file in files)
    {
        foreach (var name in Code.Names(file.Text))
        {
            if (owners.TryGetValue(name, out var owner) && owner != file.Folder)
            {
                if (!arrows.TryGetValue((file.Folder, owner), out var uses))
                    arrows[(file.Folder, owner)] = uses = [];
                uses.Add($"{file.Path}: {name}");
            }
        }
    }

    foreach (var circle in Circles(arrows.Keys))
    {
        circles++;
        Console.WriteLine($"{Path.GetFileName(package)}: {string.Join(" -> ", circle)} -> {circle[0]}");
        for (var i = 0; i < circle.Count; i++)
        {
            foreach (var use in arrows[(circle[i], circle[(i + 1) % circle.Count])].Distinct().Take(5))
                Console.WriteLine($"    {use}");
        }
    }
}
Console.WriteLine(circles == 0 ? "No folders know each other in a circle." : $"{circles} circles.");
return circles == 0 ? 0 : 1;

// The shortest circle through each folder that is in one, each circle once.
static IEnumerable<List<string>> Circles(IEnumerable<(string From, string To)> arrows)
{
    var next = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
    var seen = new HashSet<string>();
    foreach (var start in next.Select(group => group.Key).Order(StringComparer.Ordinal))
    {
        var paths = new Queue<List<string>>([[start]]);
        var visited = new HashSet<string>();
        while (paths.TryDequeue(out var path))
        {
            if (next[path[^1]].Contains(start))
            {
                if (seen.Add(string.Join('|', path.Order(StringComparer.Ordinal))))
                    yield return path;
                break;
            }
            foreach (var folder in next[path[^1]].Where(visited.Add))
                paths.Enqueue([.. path, folder]);
        }
    }
}

internal sealed record CodeFile(string Path, string Text)
{
    public string Folder { get; } = Path.Contains('/') ? Path[..Path.IndexOf('/')] : "";
}

internal static partial class Code
{
    public static string Read(string path) => EnumBody().Replace(Noise().Replace(File.ReadAllText(path), " "), "$1");

    public static IEnumerable<string> Declared(string text) => Declaration().Matches(text).Select(match => match.Groups["name"].Value).Distinct();

    public static IEnumerable<string> Names(string text) =>
        Identifier().Matches(text).Select(match => match.Value).Except(Property().Matches(text).Select(match => match.Groups["name"].Value)).Distinct();

    // Comments and strings; what stands in an interpolation's braces is lost too, which can hide an arrow but never invent one.
    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$?"{3}.*?"{3}|\$?@?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""", RegexOptions.Singleline)]
    private static partial Regex Noise();

    [GeneratedRegex("""\b(?<name>[A-Z]\w*)\s*\{\s*(?:get|init)\b""")]
    private static partial Regex Property();

    // Their members are no types.
    [GeneratedRegex("""(\benum\s+\w+(?:\s*:\s*\w+)?\s*)\{[^}]*\}""")]
    private static partial Regex EnumBody();

    // At the beginning of a line: nested types are their owner's affair.
    [GeneratedRegex("""^(?:[a-z]+\s+)*(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?|delegate\s+[\w<>\[\]?]+)\s+(?<name>[A-Z]\w*)""", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // A type's name, not a member's: not behind a dot, not where a property is declared or assigned.
    [GeneratedRegex("""(?<![.\w])[A-Z]\w*\b(?!\s*(?:=(?!=)|\{\s*get\b))""")]
    private static partial Regex Identifier();
}
