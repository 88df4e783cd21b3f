using System.Text.Json;
using Clip.Preprocessing.Resampling;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Resampling;

public class PillowResizeTests
{
    private static readonly TensorFile Tensors = new(Path.Combine(Golden.Folder, "pillow_resize.safetensors"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resize_RecordedCase_EqualsPillow(bool vectorized)
    {
        var cases = 0;
        foreach (var recorded in Golden.Index("pillow_resize_index.json").EnumerateArray())
        {
            var name = recorded.GetProperty("case").GetString()!;
            var actual = Resize(recorded, name, vectorized);
            var expected = Tensors[$"{name}.out"];
            Assert.True(actual.AsSpan().SequenceEqual(expected), $"{recorded} differs by up to {Difference.Largest(actual, expected)}.");
            cases++;
        }
        Assert.Equal(158, cases);
    }

    private static byte[] Resize(JsonElement recorded, string name, bool vectorized)
    {
        var format = recorded.GetProperty("mode").GetString() switch
        {
            "L" => PixelFormat.Gray8,
            "LA" => PixelFormat.GrayAlpha16,
            "RGB" => PixelFormat.Rgb24,
            _ => PixelFormat.Rgba32,
        };
        int width = recorded.GetProperty("in_wh")[0].GetInt32(), height = recorded.GetProperty("in_wh")[1].GetInt32();
        var bytesPerPixel = Tensors[$"{name}.in"].Length / (width * height);
        var config = PreprocessingConfig.OpenAI(new Resolution(recorded.GetProperty("out_wh")[1].GetInt32(), recorded.GetProperty("out_wh")[0].GetInt32())) with
        {
            ResizeMode = ResizeMode.Squash,
            Interpolation = recorded.GetProperty("resample").GetString() == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear,
        };
        var source = new PixelView(Tensors[$"{name}.in"], width, height, width * bytesPerPixel, format);
        var workspace = Workspace.Rent();
        var resized = Resampler.Resize(source, ResizePlan.Create(config, width, height), config, workspace, vectorized);
        return [.. Chosen(resized, format)];
    }

    private static IEnumerable<byte> Chosen(Span<byte> pixels, PixelFormat format)
    {
        int[] channels = format switch
        {
            PixelFormat.Gray8 => [0],
            PixelFormat.GrayAlpha16 => [0, 3],
            PixelFormat.Rgb24 => [0, 1, 2],
            _ => [0, 1, 2, 3],
        };
        var copy = pixels.ToArray();
        return Enumerable.Range(0, copy.Length / 4).SelectMany(pixel => channels.Select(channel => copy[4 * pixel + channel]));
    }
}
