namespace Clip.Parity.Tests;

/// <summary>Recorded inputs and outputs of the original implementations.</summary>
/// <remarks>
/// A part is in tests/Fixtures. The complete set is larger than a repository should be: the environment variable
/// CLIP_REFERENCE_DATA names the folder where it is, and its cases then run too.
/// </remarks>
internal static class ReferenceData
{
    public const string Variable = "CLIP_REFERENCE_DATA";

    /// <summary>The folder of the complete set, or null.</summary>
    public static string? CompleteSet => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>The names of the cases below a folder, in the repository and in the complete set.</summary>
    public static IEnumerable<string> Cases(string group) => Roots
        .Select(root => Path.Combine(root, group))
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories)
        .Select(folder => Path.GetFileName(folder)!)
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>The path of a file or folder, in the repository or in the complete set; null where neither has it.</summary>
    public static string? Find(params string[] parts) => Roots
        .Select(root => Path.Combine([root, .. parts]))
        .FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    /// <summary>The path of a file or folder; the test is skipped where neither the repository nor the complete set has it.</summary>
    public static string Require(params string[] parts)
    {
        var path = Find(parts);
        Assert.SkipWhen(path is null, $"{string.Join('/', parts)} is in the complete reference data only; set {Variable} to its folder.");
        return path!;
    }

    private static IEnumerable<string> Roots => CompleteSet is { } complete ? [Fixtures.Root, complete] : [Fixtures.Root];
}
