using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>A decoded image as Pillow's <c>convert("RGB")</c> has it.</summary>
internal static class RgbBytes
{
    /// <summary>The bytes, [height, width, 3].</summary>
    public static byte[] Of(DecodedImage image)
    {
        var config = PreprocessingConfig.HuggingFace(1) with { ResizeMode = ResizeMode.Squash };
        var plan = new ResizePlan(image.Width, image.Height, 0, 0, new Resolution(image.Height, image.Width));
        var workspace = Workspace.Rent();
        var pixels = Resampler.Resize(image.View, plan, config, workspace);
        var rgb = new byte[pixels.Length / 4 * 3];
        for (var i = 0; i < rgb.Length / 3; i++)
            pixels.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return rgb;
    }
}
