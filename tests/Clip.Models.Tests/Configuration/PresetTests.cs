namespace Clip.Models.Tests.Configuration;

/// <summary>The presets against keys and shapes recorded from the original code (class CLIP, one file per model).</summary>
public sealed class PresetTests
{
    public static TheoryData<string> Names => new(DualEncoderConfig.Presets.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Presets_KeysAndShapes_EqualTheOriginal(string name)
    {
        var file = name.Replace("/", "-").Replace("@", "-");
        var expected = File.ReadLines(Fixtures.Find("presets", $"{file}.manifest.txt")).Where(line => !line.StartsWith('#'));

        Assert.Equal(expected.Order(StringComparer.Ordinal), Outline.NativeKeys(DualEncoderConfig.Presets[name]).Order(StringComparer.Ordinal));
    }

    // The totals of the paper's models, in millions, as open_clip profiles them.
    [Theory]
    [InlineData("RN50", 102_007_137)]
    [InlineData("RN101", 119_688_033)]
    [InlineData("RN50x4", 178_300_601)]
    [InlineData("RN50x16", 290_979_217)]
    [InlineData("RN50x64", 623_258_305)]
    [InlineData("ViT-B/32", 151_277_313)]
    [InlineData("ViT-B/16", 149_620_737)]
    [InlineData("ViT-L/14", 427_616_513)]
    [InlineData("ViT-L/14@336px", 427_944_193)]
    public void Presets_ParameterCount_IsTheOriginals(string name, long expected)
    {
        Assert.Equal(expected, Outline.ParameterCount(DualEncoderConfig.Presets[name]));
    }

    [Fact]
    public void With_AnotherResolution_LeavesThePresetAlone()
    {
        var larger = DualEncoderConfig.ViTL14 with { Image = DualEncoderConfig.ViTL14.Image with { Resolution = 336 } };

        Assert.Equal(DualEncoderConfig.ViTL14At336, larger);
        Assert.Equal(224, DualEncoderConfig.ViTL14.Image.Resolution.Height);
    }
}
