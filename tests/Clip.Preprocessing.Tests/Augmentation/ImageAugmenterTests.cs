namespace Clip.Preprocessing.Tests.Augmentation;

public class ImageAugmenterTests
{
    private const int Side = 48;

    private static readonly AugmentationConfig Everything = new()
    {
        MinScale = 0.3,
        FlipProbability = 0.5,
        ColorJitterProbability = 0.8,
        Brightness = 0.4,
        Contrast = 0.4,
        Saturation = 0.4,
        Hue = 0.2,
        GrayscaleProbability = 0.2,
    };

    [Fact]
    public void Apply_SameSeed_GivesTheSameNumbers()
    {
        var augmenter = new ImageAugmenter(PreprocessingConfig.OpenAI(Side), Everything);
        var first = Enumerable.Range(0, 20).Select(seed => Apply(augmenter, seed)).ToArray();
        var again = Enumerable.Range(0, 20).Select(seed => Apply(augmenter, seed)).ToArray();
        Assert.Equal(first, again);
        Assert.True(first.Select(pixels => pixels[Side]).Distinct().Count() > 10);
    }

    [Fact]
    public void Apply_WholeImageAndNothingElse_EqualsSquashedResize()
    {
        var config = PreprocessingConfig.OpenAI(Side) with { ResizeMode = ResizeMode.Squash };
        // 64 x 64: the only crop of the whole area with aspect ratio 1 is the image itself.
        var augmenter = new ImageAugmenter(config, new() { MinScale = 1, MinAspectRatio = 1, MaxAspectRatio = 1 });
        var expected = new float[augmenter.Length];
        new ImageTransform(config).Apply(Image(64, 64), expected);
        Assert.Equal(expected, Apply(augmenter, 3, 64, 64));
    }

    [Fact]
    public void Apply_Bytes_AreTheNumbersBeforeNormalization()
    {
        var config = PreprocessingConfig.OpenAI(Side);
        var augmenter = new ImageAugmenter(config, Everything);
        var (bytes, singles, halves) = (new byte[augmenter.Length], new float[augmenter.Length], new Half[augmenter.Length]);
        var transform = new ImageTransform(config);
        for (var seed = 0; seed < 20; seed++)
        {
            augmenter.Apply(Image(90, 70), seed, bytes);
            transform.Normalize(bytes, singles);
            transform.Normalize(bytes, halves);
            Assert.Equal(Apply(augmenter, seed), singles);
            Assert.Equal(singles.Select(value => (Half)value), halves);
        }
    }

    [Fact]
    public void Apply_Flip_MirrorsRows()
    {
        var config = PreprocessingConfig.OpenAI(Side);
        var plain = new AugmentationConfig { MinScale = 0.5 };
        var straight = Apply(new ImageAugmenter(config, plain), 5);
        var mirrored = Apply(new ImageAugmenter(config, plain with { FlipProbability = 1 }), 5);
        Assert.Equal(straight.Chunk(Side).SelectMany(row => row.Reverse()), mirrored);
    }

    [Fact]
    public void Apply_Grayscale_MakesChannelsEqualBeforeNormalization()
    {
        var config = PreprocessingConfig.SigLip(Side);
        var gray = Apply(new ImageAugmenter(config, new() { GrayscaleProbability = 1 }), 1);
        Assert.Equal(gray.Take(Side * Side), gray.Skip(Side * Side).Take(Side * Side));
        Assert.Equal(gray.Take(Side * Side), gray.Skip(2 * Side * Side));
    }

    [Fact]
    public void Apply_ThinAndTinyImages_Work()
    {
        var augmenter = new ImageAugmenter(PreprocessingConfig.OpenAI(Side), Everything);
        foreach (var (width, height) in ((int, int)[])[(1, 1), (1, 300), (300, 1), (2, 3)])
        {
            for (var seed = 0; seed < 50; seed++)
                Assert.All(Apply(augmenter, seed, width, height), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(1.5)]
    public void Constructor_ImpossibleScale_ThrowsArgumentException(double scale) =>
        Assert.Throws<ArgumentException>(() => new ImageAugmenter(PreprocessingConfig.OpenAI(Side), new() { MinScale = scale }));

    private static float[] Apply(ImageAugmenter augmenter, long seed, int width = 90, int height = 70)
    {
        var pixels = new float[augmenter.Length];
        augmenter.Apply(Image(width, height), seed, pixels);
        return pixels;
    }

    private static PixelView Image(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(width).NextBytes(pixels);
        return new PixelView(pixels, width, height, 3 * width);
    }
}
