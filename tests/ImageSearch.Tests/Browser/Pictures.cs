using ImageSearch.Tests.Support;

namespace ImageSearch.Tests.Browser;

/// <summary>The sample with the model of shapes and twelve pictures of them.</summary>
internal static class Pictures
{
    private static readonly string s_folder = Path.Combine(Fixtures.Repository, "samples", "QuickStart", "pictures");

    /// <summary>The path of one of the pictures.</summary>
    public static string File(string name) => Path.Combine(s_folder, $"{name}.png");

    /// <summary>Starts the sample.</summary>
    public static Task<ImageSearchHost> StartAsync(TemporaryFolder folder) => ImageSearchHost.StartAsync(
        folder, ["--Clip:Model", Path.Combine(Fixtures.Repository, "models", "shapes"), "--Collection:Seed", s_folder, "--Limits:MaxWait", "00:01:00"]);
}
