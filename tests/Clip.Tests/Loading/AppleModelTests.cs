using Clip.Preprocessing;

namespace Clip.Tests;

/// <summary>MobileCLIP as Apple publishes it: one config, and weights in Apple's names.</summary>
public sealed class AppleModelTests : IDisposable
{
    private static readonly string s_recorded = Fixtures.Find("towers", "apple_mobileclip_mct");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mobileclip_config.json", "model.safetensors")]
    [InlineData("config.json", "mobileclip_s0.pt")]
    public void Load_Folder_KnowsHowImagesArePrepared(string config, string weights)
    {
        File.Copy(Path.Combine(s_recorded, "mobileclip_config.json"), _folder.File(config));
        File.Copy(Path.Combine(s_recorded, "model.safetensors"), _folder.File(weights));

        using var clip = ClipModel.Load(_folder.Path);

        Assert.Equal(PreprocessingConfig.MobileClip(96), clip.Card.Preprocessing);
        Assert.Equal(_folder.File(config), clip.Card.ConfigPath);
        Assert.Equal(96, clip.Card.Config.Image.Resolution.Height);
    }
}
