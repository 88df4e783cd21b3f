using System.Text.RegularExpressions;

namespace Clip.Models.Tests.Image;

/// <summary>The published sizes of open_clip's configs with transformers of timm: every key and shape.</summary>
/// <remarks>A manifest has open_clip's config in its second line; "{0-11}" in a name stands for twelve blocks.</remarks>
public sealed partial class TimmManifestTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    public static TheoryData<string> Names => new(
        Directory.GetFiles(Fixtures.Find("timm"), "*.manifest.txt").Select(path => Path.GetFileName(path)!.Replace(".manifest.txt", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public void Read_PublishedConfig_HasTheOriginalsKeysAndShapes(string name)
    {
        var lines = File.ReadAllLines(Fixtures.Find("timm", $"{name}.manifest.txt"));
        File.WriteAllText(_file, lines[1].TrimStart('#'));

        var config = DualEncoderConfig.Read(_file);

        var names = KeyMaps.For(config).Single(map => map.Name.StartsWith("open_clip", StringComparison.Ordinal)
            && map.Name.EndsWith("with text prefix", StringComparison.Ordinal) == lines[1].Contains("\"custom_text\": true", StringComparison.Ordinal));
        Assert.Equal(lines.Skip(2).SelectMany(Expand).Order(StringComparer.Ordinal), Outline.Keys(config, names).Order(StringComparer.Ordinal));
        Assert.Contains($" {Outline.ParameterCount(config)} parameters.", lines[0], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Expand(string line) => Blocks().Match(line) is { Success: true } blocks
        ? Enumerable.Range(0, int.Parse(blocks.Groups[1].ValueSpan, provider: null) + 1).Select(i => line.Replace(blocks.Value, $"{i}", StringComparison.Ordinal))
        : [line];

    [GeneratedRegex(@"\{0-(\d+)\}")]
    private static partial Regex Blocks();
}
