using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Clip.Preprocessing.Tests.Support;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp.Tests;

public class ImageSharpDecoderTests
{
    private static readonly ImagePreprocessor Preprocessor =
        new(PreprocessingConfig.OpenAI(224), new() { Decoder = new ImageSharpDecoder() });

    private static string PngFile => Fixtures.Find("preprocess", "images", "png_rgb_small_96x64.png");

    public static TheoryData<string> LosslessFiles =>
        [.. Directory.EnumerateFiles(Golden.ImagePath("")).Select(path => Path.GetFileName(path)!).Where(name => !name.EndsWith(".jpg", StringComparison.Ordinal))];

    // Opacity weights the resize, indices of a palette take the nearest pixel: what the file was has to be known.
    [Theory, MemberData(nameof(LosslessFiles))]
    public void Preprocess_LosslessFile_EqualsTheDefaultDecoder(string file)
    {
        var expected = new float[Preprocessor.Length];
        new ImagePreprocessor(PreprocessingConfig.OpenAI(224)).Preprocess(Golden.ImagePath(file), expected);
        var actual = new float[Preprocessor.Length];
        Preprocessor.Preprocess(Golden.ImagePath(file), actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Preprocess_Image_EqualsTheFile()
    {
        var expected = new float[Preprocessor.Length];
        Preprocessor.Preprocess(PngFile, expected);
        using var image = Image.Load<Rgb24>(PngFile);
        var actual = new float[Preprocessor.Length];
        Preprocessor.Preprocess(image, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Name_HasTheVersionOfThePackage() => Assert.Matches(@"^ImageSharp 2\.1\.\d+$", new ImageSharpDecoder().Name);

    // ImageSharp's decoder is not libjpeg's: it smooths colors of a lower resolution in another way.
    [Fact]
    public void Decode_Jpeg_StaysNearTheDefaultDecoder()
    {
        var exact = new ImagePreprocessor(PreprocessingConfig.OpenAI(224));
        foreach (var path in Directory.EnumerateFiles(Golden.ImagePath(""), "*.jpg"))
        {
            using var expected = exact.Decode(path);
            using var actual = Preprocessor.Decode(path);
            Assert.InRange(Difference.Mean(RgbBytes.Of(expected), RgbBytes.Of(actual)), 0, 2);
        }
    }

    // Lossless WebP whose codes end early: what ImageSharp's pool held before would be the rest of the image.
    [Fact]
    public void Decode_PixelsThatNothingWrites_DoNotShowAnotherImage()
    {
        var encoded = File.ReadAllBytes(Fixtures.Find("hostile_imagesharp", "old_memory.webp"));
        // Its chunk claims more than the file has, which is refused; with the length that is there, the codes end early.
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(16), encoded.Length - 20);

        var results = new byte[] { 0xAA, 0x55 }.Select(pattern =>
        {
            FillPools(pattern);
            using var image = Preprocessor.Decode(encoded);
            return image.Pixels.ToArray();
        }).ToList();

        Assert.Equal(results[0], results[1]);
    }

    // A JPEG file whose codes end early: the row behind the last one begins with bytes from behind the colors, which were those of any object.
    [Fact]
    public async Task Decode_RowsThatNothingWrites_DoNotShowOtherObjects()
    {
        var encoded = File.ReadAllBytes(Fixtures.Find("hostile_imagesharp", "ends_early.jpg"));
        using var end = new CancellationTokenSource();
        var collections = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
                GC.Collect();
        }, TestContext.Current.CancellationToken);

        var results = Enumerable.Range(0, 200).Select(_ =>
        {
            using var image = Preprocessor.Decode(encoded);
            return Convert.ToHexString(SHA256.HashData(image.Pixels));
        }).ToHashSet();
        await end.CancelAsync();
        await collections;

        Assert.Single(results);
    }

    [Fact]
    public void Decode_ChunkThatIsMissing_ThrowsImageDecodingException() => Assert.Throws<ImageDecodingException>(
        () => Preprocessor.Decode(File.ReadAllBytes(Fixtures.Find("hostile_imagesharp", "null_reference.webp"))).Dispose());

    [Fact]
    public void Decode_ManySegmentsOfMetadata_TakesMemoryOfTheFilesSize()
    {
        var jpeg = File.ReadAllBytes(Fixtures.Find("jpeg_sampling", "luma4x2.jpg"));
        byte[] exif = [0xFF, 0xE1, 0, 72, .. "Exif\0\0"u8, .. new byte[64]];
        byte[] encoded = [.. jpeg[..2], .. Enumerable.Repeat(exif, 4000).SelectMany(segment => segment), .. jpeg[2..]];

        var before = GC.GetAllocatedBytesForCurrentThread();
        Preprocessor.Decode(encoded).Dispose();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10L * encoded.Length);
    }

    // The same thread rents next what it returned last.
    private static void FillPools(byte pattern)
    {
        for (var length = 1 << 10; length <= 1 << 20; length *= 2)
        {
            var array = ArrayPool<byte>.Shared.Rent(length);
            array.AsSpan().Fill(pattern);
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
