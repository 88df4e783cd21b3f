using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Tests.Resampling;

public class VectorizationTests
{
    [Fact]
    public void Resize_RandomSizesAndFormats_ScalarEqualsVectorized()
    {
        Assert.SkipUnless(Avx2Passes.IsSupported, "This processor has no AVX2.");
        var random = new Random(1);
        for (var i = 0; i < 1500; i++)
        {
            int width = random.Next(1, i % 10 == 0 ? 900 : 90), height = random.Next(1, i % 10 == 0 ? 700 : 90);
            var format = (PixelFormat)random.Next(6);
            var stride = width * format.BytesPerPixel() + random.Next(9);
            var pixels = new byte[stride * height];
            random.NextBytes(pixels);
            if (i % 3 == 0)
            {
                foreach (ref var pixel in pixels.AsSpan())
                    pixel = (byte)(pixel < 128 ? 0 : 255);
            }
            var config = RandomConfig(random);
            var scalar = Resize(pixels, width, height, stride, format, config, vectorized: false);
            var vectorized = Resize(pixels, width, height, stride, format, config, vectorized: true);
            Assert.True(scalar.SequenceEqual(vectorized), $"{width} x {height} {format}, {config}");
        }
    }

    private static PreprocessingConfig RandomConfig(Random random) => new()
    {
        Resolution = random.Next(2) == 0 ? random.Next(1, 70) : new Resolution(random.Next(1, 70), random.Next(1, 70)),
        ResizeMode = (ResizeMode)random.Next(3),
        Interpolation = (Interpolation)random.Next(2),
        ColorOrder = (ColorOrder)random.Next(2),
        CropRounding = (CropRounding)random.Next(2),
        Fill = (byte)random.Next(256),
    };

    private static byte[] Resize(byte[] pixels, int width, int height, int stride, PixelFormat format, PreprocessingConfig config, bool vectorized)
    {
        // The last row ends with its last pixel: reading beyond it would be reading beyond the memory.
        var used = pixels.AsSpan(0, (height - 1) * stride + width * format.BytesPerPixel());
        var source = new PixelView(used, width, height, stride, format);
        var workspace = Workspace.Rent();
        var resized = Resampler.Resize(source, ResizePlan.Create(config, width, height), config, workspace, vectorized).ToArray();
        workspace.Return();
        for (var i = 3; i < resized.Length && !format.HasAlpha(); i += 4)
            resized[i] = 0;
        return resized;
    }
}
