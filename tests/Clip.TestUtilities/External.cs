using Xunit;

namespace Clip.TestUtilities;

/// <summary>Folders that tests can use and the repository does not have; a test that needs one is skipped without it.</summary>
public static class External
{
    /// <summary>The complete set of recorded inputs and outputs; see tests/Fixtures/README.md.</summary>
    public const string ReferenceData = "CLIP_REFERENCE_DATA";

    /// <summary>Published weights: a folder with <c>ViT-B-32.pt</c>, or a model's folder of that name without the extension, and <c>CLIP.png</c>.</summary>
    public const string Weights = "CLIP_WEIGHTS";

    /// <summary>A path in a folder, or the end of the test as skipped.</summary>
    /// <param name="variable">The environment variable that names the folder.</param>
    /// <param name="parts">The path in it.</param>
    public static string Require(string variable, params string[] parts)
    {
        var folder = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(folder))
            Assert.Skip($"The environment variable {variable} names no folder.");
        var path = Path.Combine([folder, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"'{path}' does not exist.");
        return path;
    }
}
