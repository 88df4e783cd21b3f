using Clip.Preprocessing;
using Clip.Training.Data;
using Clip.Training.Schedules;
using Clip.Training.Steps;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Data;

/// <summary>Batches that hold their images as bytes.</summary>
public sealed class PairBatchTests : IDisposable
{
    private const int Side = TinyImages.Resolution;

    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GetImages_OfASource_AreThePreprocessedOnesToTheBit(bool isAugmented)
    {
        var files = _images.Write(6);
        var options = _images.Options with { Shuffle = false };
        options = options with { Augmentation = isAugmented ? new AugmentationConfig { MinScale = 0.5, ColorJitterProbability = 1, Hue = 0.3 } : null };
        using var source = _images.Listed(files.Length, options);
        using var batch = source.Batches(files.Length, PairPosition.Start).First();
        using var all = batch.GetImages();
        using var some = batch.GetImages(2, 3);

        var expected = new float[files.Length * 3 * Side * Side];
        for (var image = 0; image < files.Length; image++)
        {
            var pixels = expected.AsSpan(image * 3 * Side * Side, 3 * Side * Side);
            var preprocessor = new ImagePreprocessor(options.Preprocessing);
            if (options.Augmentation is { } augmentation)
            {
                using var decoded = preprocessor.Decode(_images.File(files[image]));
                new ImageAugmenter(options.Preprocessing, augmentation).Apply(decoded.View, (long)Training.Data.Reading.SeedMixer.Mix(options.Seed, 0, image), pixels);
            }
            else
            {
                preprocessor.Preprocess(_images.File(files[image]), pixels);
            }
        }
        Assert.Equal(expected, all.data<float>().ToArray());
        Assert.Equal([3, 3, Side, Side], some.shape);
        Assert.Equal(expected[(2 * 3 * Side * Side)..(5 * 3 * Side * Side)], some.data<float>().ToArray());
    }

    // Whoever trains on bytes gets the weights that the normalized images give, whole and in micro-batches.
    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void Step_ImagesAsBytes_MovesTheWeightsAlikeToTheBit(int? microBatch)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfig.VisionTransformer;
        var (height, width) = (config.Image.Resolution.Height, config.Image.Resolution.Width);
        var transform = new ImageTransform(PreprocessingConfig.OpenAI(new Resolution(height, width)));
        var options = new TrainerOptions { Steps = 2, BatchSize = 7, MicroBatch = microBatch, Schedule = new ConstantSchedule(0.01, 0) };
        using var generator = new Generator(3, CPU);
        var bytes = randint(0, 256, [7, 3, height, width], ScalarType.Byte, generator: generator);
        using var asBytes = PairBatch.OfBytes(bytes, transform, TinyConfig.Tokens(config, 7), PairPosition.Start);
        using var asFloats = new PairBatch(asBytes.GetImages(), TinyConfig.Tokens(config, 7), PairPosition.Start);
        using var one = TinyConfig.Create(config);
        using var other = TinyConfig.Create(config);
        using var oneEngine = new TrainingEngine(one, options);
        using var otherEngine = new TrainingEngine(other, options);

        var before = oneEngine.Step(asBytes, 0);
        Assert.Equal(before, otherEngine.Step(asFloats, 0));

        Assert.Null(before.SkipReason);
        Weights.RequireBitEqual(one, other);
    }

    [Fact]
    public void GetImages_OfNormalizedOnes_AreThose()
    {
        using var scope = NewDisposeScope();
        var images = randn(4, 3, 2, 5);
        using var batch = new PairBatch(images, zeros([4, 6], ScalarType.Int64), PairPosition.Start);

        Assert.Equal(4, batch.Count);
        Assert.Equal(images.data<float>().ToArray(), batch.GetImages().data<float>().ToArray());
        Assert.Equal(images.narrow(0, 1, 2).contiguous().data<float>().ToArray(), batch.GetImages(1, 2).contiguous().data<float>().ToArray());
        Assert.Equal([0, 3, 2, 5], batch.GetImages(4, 0).shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.GetImages(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.GetImages(-1, 2));
    }

    [Fact]
    public void Constructor_TensorsOfAnotherKind_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var transform = new ImageTransform(PreprocessingConfig.OpenAI(4));
        var (bytes, floats, tokens) = (zeros([2, 3, 4, 4], ScalarType.Byte), zeros([2, 3, 4, 4]), zeros([2, 5], ScalarType.Int64));

        Assert.Contains("uint8", Assert.Throws<ArgumentException>(() => PairBatch.OfBytes(floats, transform, tokens, PairPosition.Start)).Message);
        Assert.Contains("float32", Assert.Throws<ArgumentException>(() => new PairBatch(bytes, tokens, PairPosition.Start)).Message);
        Assert.Throws<ArgumentException>(() => new PairBatch(floats.permute(0, 2, 3, 1), tokens, PairPosition.Start));
        Assert.Throws<ArgumentException>(() => new PairBatch(floats, tokens.narrow(0, 0, 1), PairPosition.Start));
    }
}
