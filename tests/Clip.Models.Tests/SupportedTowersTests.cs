namespace Clip.Models.Tests;

public sealed class SupportedTowersTests
{
    [Fact]
    public void Names_AreThoseOfConfigs()
    {
        var configs = typeof(DualEncoderConfig).Assembly.GetExportedTypes().Select(type => type.Name).ToHashSet();

        Assert.All(SupportedTowers.Images, name => Assert.True(configs.Contains(name + "Config") || configs.Contains(name + "VisionConfig"), name));
        Assert.All(SupportedTowers.Texts.Where(name => char.IsUpper(name[0])), name => Assert.Contains(name + "Config", configs));
        Assert.Contains("ClipText", SupportedTowers.Texts);
        Assert.Contains("modernbert", SupportedTowers.Texts);
    }
}
