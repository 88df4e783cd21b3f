using System.Text.RegularExpressions;

namespace Clip.Models.Tests.Configuration;

/// <summary>Configs of open_clip against the keys and shapes of their published weights: a file each, whose first line is the config.</summary>
public sealed partial class OpenClipManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => new(Directory.GetFiles(Fixtures.Find("presets", "open_clip")).Select(file => Path.GetFileName(file)!));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_Config_HasThePublishedKeysAndShapes(string name)
    {
        var lines = File.ReadAllLines(Fixtures.Find("presets", "open_clip", name));
        File.WriteAllText(_folder.File("config.json"), lines[0].TrimStart('#'));

        var config = DualEncoderConfig.Read(_folder.File("config.json"));

        // Both forms are read; which one a config stands for is its own choice.
        var isApart = lines[0].Contains("\"custom_text\": true", StringComparison.Ordinal);
        var names = KeyMaps.For(config).Single(map => IsOpenClip(map.Name)
            && map.Name.EndsWith("with text prefix", StringComparison.Ordinal) == isApart);
        Assert.Equal(lines[1..].SelectMany(Expand).Order(StringComparer.Ordinal), Outline.Keys(config, names).Order(StringComparer.Ordinal));
    }

    // The names of its own image towers are those here.
    private static bool IsOpenClip(string kind) =>
        kind.StartsWith("open_clip", StringComparison.Ordinal) || kind.StartsWith("native", StringComparison.Ordinal);

    // "{0-11}" stands for twelve blocks.
    private static IEnumerable<string> Expand(string line) => Blocks().Match(line) is { Success: true } blocks
        ? Enumerable.Range(0, int.Parse(blocks.Groups[1].ValueSpan, provider: null) + 1).Select(i => line.Replace(blocks.Value, $"{i}", StringComparison.Ordinal))
        : [line];

    [GeneratedRegex(@"\{0-(\d+)\}")]
    private static partial Regex Blocks();
}
