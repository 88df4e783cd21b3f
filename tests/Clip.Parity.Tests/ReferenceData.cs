namespace Clip.Parity.Tests;

/// <summary>Recorded inputs and outputs of the original implementations.</summary>
/// <remarks>
/// The repository has the small ones, in tests/Fixtures. The environment variable CLIP_REFERENCE_DATA names another folder of the same
/// form, which is then taken in place of them: whatever cases it has are tested, each with the inputs and outputs beside it.
/// </remarks>
internal static class ReferenceData
{
    public const string Variable = "CLIP_REFERENCE_DATA";

    private const string NoCase = "(none)";

    /// <summary>The folder whose cases are tested.</summary>
    public static string Root => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : Fixtures.Root;

    /// <summary>The cases below all folders whose names begin alike, such as "towers/openai_vit" and "towers2/coca".</summary>
    /// <param name="group">What the folders' names begin with.</param>
    /// <param name="file">What a case must have to be one.</param>
    public static IEnumerable<string> Cases(string group, string file) => Directory.GetDirectories(Root, $"{group}*")
        .SelectMany(Directory.GetDirectories)
        .Where(folder => File.Exists(Path.Combine(folder, file)))
        .Select(folder => Path.GetRelativePath(Root, folder).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>Cases of a kind that a folder may lack; the test of the one that stands for none is skipped.</summary>
    public static IEnumerable<string> OrNone(IEnumerable<string> cases) => cases.DefaultIfEmpty(NoCase);

    /// <summary>Skips the test where there are no cases.</summary>
    public static void Require(string name) => Assert.SkipWhen(name == NoCase, "The reference data has no such case.");

    /// <summary>The path of a file or folder, whether or not it is there.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}
