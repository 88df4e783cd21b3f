using System.Text.Json;
using Clip.Preprocessing.Resampling;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Resampling;

public class GeometryTests
{
    [Fact]
    public void Create_RecordedSizes_EqualsTorchvision()
    {
        foreach (var line in File.ReadLines(Path.Combine(Golden.Folder, "geometry.jsonl")))
        {
            var recorded = JsonDocument.Parse(line).RootElement;
            int width = recorded.GetProperty("in_wh")[0].GetInt32(), height = recorded.GetProperty("in_wh")[1].GetInt32();
            var config = PreprocessingConfig.OpenAI(recorded.GetProperty("n_px").GetInt32());

            var shortest = ResizePlan.Create(config, width, height);
            Assert.Equal((recorded.GetProperty("resized_wh")[0].GetInt64(), recorded.GetProperty("resized_wh")[1].GetInt64()), (shortest.Width, shortest.Height));
            Assert.Equal((recorded.GetProperty("crop_left").GetInt64(), recorded.GetProperty("crop_top").GetInt64()), (shortest.Left, shortest.Top));

            if (!recorded.TryGetProperty("open_clip_keep_ratio_longest1_hw", out var longest))
                continue;
            AssertSize(longest, ResizePlan.Create(config with { ResizeMode = ResizeMode.Longest }, width, height));
            AssertSize(
                recorded.GetProperty("open_clip_keep_ratio_longest0_hw_target_160x224"),
                ResizePlan.Create(config with { Resolution = new Resolution(160, 224) }, width, height));
        }
    }

    [Theory]
    [InlineData(227, 1)]    // 3 pixels are left out: 1.5 rounds to 2 in one rule and down in the other
    [InlineData(229, 2)]
    [InlineData(226, 1)]
    public void Create_FlooredCrop_LeavesTheOddPixelAtTheEnd(int height, int top)
    {
        var plan = ResizePlan.Create(PreprocessingConfig.HuggingFace(224), 224, height);
        Assert.Equal(top, plan.Top);
    }

    private static void AssertSize(JsonElement expected, ResizePlan plan) =>
        Assert.Equal((Math.Max(1, expected[0].GetInt64()), Math.Max(1, expected[1].GetInt64())), (plan.Height, plan.Width));
}
