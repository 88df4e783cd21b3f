namespace Clip.Models.Tests.Configuration;

/// <summary>Configs of open_clip against the keys and shapes of their published weights: a file each, whose first line is the config.</summary>
public sealed class OpenClipManifestTests : IDisposable
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

        Assert.Equal(lines[1..].Order(StringComparer.Ordinal), Outline.NativeKeys(config).Order(StringComparer.Ordinal));
    }
}
