using Clip.Models.Tests.Towers.Timm;

namespace Clip.Models.Tests.Towers.ViTamin;

/// <summary>A ViTamin against timm's, recorded through open_clip.</summary>
public sealed class ViTaminParityTests
{
    [Fact]
    public void EncodeImages_RecordedWeights_EqualsTheOriginal() => RecordedTower.RequireParity("timm_vitamin_xl_nopos");
}
