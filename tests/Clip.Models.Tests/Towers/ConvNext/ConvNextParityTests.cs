using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.ConvNext;

/// <summary>A ConvNeXt against timm's, recorded through open_clip.</summary>
public sealed class ConvNextParityTests
{
    [Fact]
    public void EncodeImages_RecordedWeights_EqualsTheOriginal() => RecordedTower.RequireParity("timm_convnext_linear");
}
