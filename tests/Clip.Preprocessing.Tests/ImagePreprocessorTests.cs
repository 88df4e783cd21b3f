using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests;

public class ImagePreprocessorTests(ITestOutputHelper output)
{
    private static readonly ImagePreprocessor Preprocessor = new(PreprocessingConfig.OpenAI(224));
    private static readonly string Photo = Golden.ImagePath("jpeg_422_q75_301x199.jpg");

    [Fact]
    public void Preprocess_PathStreamBytesAndPixels_AgreeInBothTypes()
    {
        var expected = Run(pixels => Preprocessor.Preprocess(Photo, pixels));
        var encoded = File.ReadAllBytes(Photo);
        Assert.Equal(expected, Run(pixels => Preprocessor.Preprocess(encoded, pixels)));
        using var stream = File.OpenRead(Photo);
        Assert.Equal(expected, Run(pixels => Preprocessor.Preprocess(stream, pixels)));
        using var image = Preprocessor.Decode(Photo);
        var fromPixels = new float[Preprocessor.Length];
        Preprocessor.Preprocess(image.View, fromPixels);
        Assert.Equal(expected, fromPixels);

        var halves = new Half[Preprocessor.Length];
        Preprocessor.Preprocess(Photo, halves);
        Assert.Equal(expected.Select(value => (Half)value), halves);
    }

    [Theory]
    [InlineData("jpeg_422_q75_301x199.jpg")]
    [InlineData("jpeg_cmyk_320x256.jpg")]
    [InlineData("jpeg_big_q70_2000x1333.jpg")]
    public void Preprocess_BytesThenNormalize_GivesTheSameNumbers(string name)
    {
        var path = Golden.ImagePath(name);
        var expected = Run(pixels => Preprocessor.Preprocess(path, pixels));
        var (bytes, again, fromView) = (new byte[Preprocessor.Length], new byte[Preprocessor.Length], new byte[Preprocessor.Length]);
        Preprocessor.Preprocess(path, bytes);
        Preprocessor.Preprocess(File.ReadAllBytes(path), again);
        Assert.Equal(expected, Run(pixels => Preprocessor.Transform.Normalize(bytes, pixels)));
        Assert.Equal(bytes, again);

        using var image = Preprocessor.Decode(path);
        Preprocessor.Transform.Apply(image.View, fromView);
        var whole = new float[Preprocessor.Length];
        Preprocessor.Transform.Apply(image.View, whole);
        Assert.Equal(whole, Run(pixels => Preprocessor.Transform.Normalize(fromView, pixels)));
    }

    [Fact]
    public void Normalize_OtherLengths_ThrowsArgumentException()
    {
        Assert.Throws<ArgumentException>(() => Preprocessor.Transform.Normalize(new byte[6], new float[9]));
        Assert.Throws<ArgumentException>(() => Preprocessor.Transform.Normalize(new byte[4], new Half[4]));
        Assert.Throws<ArgumentException>(() => Preprocessor.Preprocess(Photo, new byte[Preprocessor.Length + 1]));
    }

    [Fact]
    public async Task Preprocess_PipesAndDevices_AreRefusedWithoutReading()
    {
        using var folder = new TemporaryFolder();
        var pipe = NamedPipe.Create(folder.File("a.png"));
        File.CreateSymbolicLink(folder.File("b.png"), "/dev/zero");

        foreach (var (path, kind) in ((string, string)[])[(pipe, "named pipe"), (folder.File("b.png"), "device")])
        {
            var error = await Assert.ThrowsAsync<ImageDecodingException>(() => Task.Run(() => Run(pixels => Preprocessor.Preprocess(path, pixels))).WithinLimit());
            Assert.Contains(kind, error.Message);
        }
        await Assert.ThrowsAsync<InvalidDataException>(() => Task.Run(() => PreprocessingConfig.Read(pipe)).WithinLimit());
    }

    [Fact]
    public void Resize_Bytes_AreTheNormalizedOnesBeforeNormalization()
    {
        using var image = Preprocessor.Decode(Photo);
        var rgb = new byte[Preprocessor.Length];
        Preprocessor.Transform.Resize(image.View, rgb);
        var table = new Normalizer(Preprocessor.Config.Mean, Preprocessor.Config.Deviation).Table.ToArray();
        var plane = Preprocessor.Length / 3;
        var expected = Run(pixels => Preprocessor.Preprocess(Photo, pixels));
        for (var i = 0; i < rgb.Length; i++)
            Assert.Equal(expected[i % 3 * plane + i / 3], table[256 * (i % 3) + rgb[i]]);
    }

    [Fact]
    public void Preprocess_MissingFileOrFolder_ThrowsWithItsName()
    {
        foreach (var path in (string[])["nowhere.jpg", Path.GetTempPath()])
        {
            var e = Assert.Throws<ImageDecodingException>(() => Run(pixels => Preprocessor.Preprocess(path, pixels)));
            Assert.Equal(path, e.SourceName);
        }
    }

    [Fact]
    public void Preprocess_RoomOfWrongLength_ThrowsArgumentException() =>
        Assert.Throws<ArgumentException>(() => Preprocessor.Preprocess(Photo, new float[Preprocessor.Length - 1]));

    [Fact]
    public void Preprocess_FileAboveALimit_ThrowsBeforeDecoding()
    {
        foreach (var limits in (ImageLimits[])[new() { MaxBytes = 1000 }, new() { MaxPixels = 301 * 199 - 1 }, new() { MaxSide = 300 }])
        {
            var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), new() { Limits = limits, Decoder = new NoDecoder() });
            Assert.Contains("limit", Assert.Throws<ImageDecodingException>(() => preprocessor.Decode(Photo)).Message);
            using var stream = File.OpenRead(Photo);
            Assert.Throws<ImageDecodingException>(() => preprocessor.Preprocess(stream, new float[preprocessor.Length]));
        }
    }

    [Fact]
    public void PreprocessBatch_OneBadImage_IsReportedByIndexAndSpoilsNothing()
    {
        string[] paths = [Photo, "nowhere.jpg", Golden.ImagePath("png_rgb_small_96x64.png"), Photo];
        var pixels = new float[paths.Length * Preprocessor.Length];
        pixels.AsSpan().Fill(1);
        var failure = Assert.Single(Preprocessor.PreprocessBatch(paths, pixels));
        Assert.Equal(1, failure.Index);
        Assert.Equal("nowhere.jpg", failure.Error.SourceName);
        Assert.All(pixels.AsSpan(Preprocessor.Length, Preprocessor.Length).ToArray(), value => Assert.Equal(0f, value));
        foreach (var index in (int[])[0, 2, 3])
        {
            Assert.Equal(
                Run(image => Preprocessor.Preprocess(paths[index], image)),
                pixels.AsSpan(index * Preprocessor.Length, Preprocessor.Length).ToArray());
        }
    }

    [Fact]
    public void PreprocessBatch_Bytes_EqualFiles()
    {
        ReadOnlyMemory<byte>[] images = [File.ReadAllBytes(Photo), new byte[5]];
        var halves = new Half[2 * Preprocessor.Length];
        Assert.Equal(1, Assert.Single(Preprocessor.PreprocessBatch(images, halves, maxDegreeOfParallelism: 1)).Index);
        Assert.Equal(Run(image => Preprocessor.Preprocess(Photo, image)).Select(value => (Half)value), halves.Take(Preprocessor.Length));
    }

    [Fact]
    public void PreprocessBatch_Cancelled_Throws() => Assert.ThrowsAny<OperationCanceledException>(
        () => Preprocessor.PreprocessBatch([Photo], new float[Preprocessor.Length], cancellationToken: new CancellationToken(true)));

    [Fact]
    public void Preprocess_FastDecoding_StaysNear()
    {
        var path = Golden.ImagePath("jpeg_big_q70_2000x1333.jpg");
        var fast = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), new() { FastDecoding = true });
        var exact = Run(pixels => Preprocessor.Preprocess(path, pixels));
        var near = Run(pixels => fast.Preprocess(path, pixels));
        var differences = exact.Zip(near, (left, right) => Math.Abs(left - right)).ToArray();
        output.WriteLine($"largest {differences.Max():F3}, mean {differences.Average():F4} deviations");
        Assert.InRange(differences.Average(), 0.0001, 0.05);
    }

    // An image that is turned upright is decoded whole; reduced to a quarter it is still larger than it becomes.
    [Fact]
    public void Preprocess_FastDecodingWithLittleMemory_StaysNear()
    {
        var encoded = TestImages.WithOrientation(File.ReadAllBytes(Golden.ImagePath("jpeg_big_q70_2000x1333.jpg")), 6);
        var options = new ImagePreprocessorOptions { ApplyOrientation = true };
        var upright = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options);
        var fast = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options with { FastDecoding = true, Limits = new() { MaxMemory = 6_000_000 } });
        Assert.Throws<ImageDecodingException>(() =>
            new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options with { Limits = new() { MaxMemory = 6_000_000 } }).Decode(encoded));
        var exact = Run(pixels => upright.Preprocess(encoded, pixels));
        var near = Run(pixels => fast.Preprocess(encoded, pixels));
        var differences = exact.Zip(near, (left, right) => Math.Abs(left - right)).ToArray();
        output.WriteLine($"largest {differences.Max():F3}, mean {differences.Average():F4} deviations");
        Assert.InRange(differences.Average(), 0.0001, 0.1);
    }

    private static float[] Run(Action<float[]> preprocess)
    {
        var pixels = new float[Preprocessor.Length];
        preprocess(pixels);
        return pixels;
    }

    private sealed class NoDecoder : IImageDecoder
    {
        public string Name => "none";

        public bool CanDecode(ImageHeader header) => true;

        public DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction) => throw new UnreachableException();
    }

    private sealed class UnreachableException : Exception;
}
