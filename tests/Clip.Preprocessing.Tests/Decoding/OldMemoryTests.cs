using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>A decoded image holds what its file says, and nothing that was in memory before: in a service, the image of another caller.</summary>
public class OldMemoryTests(ITestOutputHelper output)
{
    private static readonly byte[] s_patterns = [0xAA, 0x55];

    // A frame whose components have impossible sampling factors: libturbojpeg reports a warning and writes nothing.
    [Theory, MemberData(nameof(TestedDecoders.Names), MemberType = typeof(TestedDecoders))]
    public void Decode_FrameOfImpossibleSampling_ThrowsImageDecodingException(string decoder)
    {
        var encoded = File.ReadAllBytes(Fixtures.Find("jpeg_sampling", "impossible.jpg"));

        Assert.Throws<ImageDecodingException>(() => new ImagePreprocessor(PreprocessingConfig.OpenAI(224), Options(decoder)).Decode(encoded));
    }

    // Every file, whole, cut and damaged: the same bytes, or the same refusal, whatever the pools held.
    [Theory, MemberData(nameof(TestedDecoders.Names), MemberType = typeof(TestedDecoders))]
    public void Decode_PoolsFilledWithAPattern_DoesNotShowIt(string decoder)
    {
        var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(64), Options(decoder));
        var random = new Random(11);
        var (decoded, refused) = (0, 0);
        foreach (var path in Files())
        {
            var original = File.ReadAllBytes(path);
            foreach (var encoded in Variants(original, random))
            {
                var results = s_patterns.Select(pattern => Decode(preprocessor, encoded, pattern)).ToList();
                Assert.True(results[0].AsSpan().SequenceEqual(results[1]), $"{Path.GetFileName(path)} shows what was in memory before.");
                if (results[0].Length > 0)
                    decoded++;
                else
                    refused++;
            }
        }
        output.WriteLine($"{decoded} decoded, {refused} refused");
        Assert.True(decoded > 20 && refused > 100);
    }

    [Fact]
    public void DecodedImage_Fresh_IsCleared()
    {
        FillPools(0xAA, 40 * 30 * 4);

        using var image = new DecodedImage(40, 30, PixelFormat.Rgba32);

        Assert.Equal(-1, image.Pixels.IndexOfAnyExcept((byte)0));
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Golden.ImagePath("")).Concat(Directory.EnumerateFiles(Fixtures.Find("jpeg_sampling")))
            .Where(path => new FileInfo(path).Length < 200_000).Order(StringComparer.Ordinal);

    private static IEnumerable<byte[]> Variants(byte[] original, Random random)
    {
        yield return original;
        yield return original[..(original.Length * 2 / 3)];
        for (var i = 0; i < 20; i++)
        {
            var mutated = (byte[])original.Clone();
            var reach = i % 2 == 0 ? Math.Min(300, mutated.Length) : mutated.Length;
            for (var change = random.Next(1, 6); change > 0; change--)
                mutated[random.Next(reach)] = (byte)random.Next(256);
            yield return mutated;
        }
    }

    // Empty where it is refused.
    private static byte[] Decode(ImagePreprocessor preprocessor, byte[] encoded, byte pattern)
    {
        try
        {
            var header = ImageHeader.Read(encoded);
            if (header.Width * header.Height <= 1 << 20)
                FillPools(pattern, (int)(header.Width * header.Height * 4), (int)(header.Width * header.Height));
            using var image = preprocessor.Decode(encoded);
            return image.Pixels.ToArray();
        }
        catch (Exception e) when (e is ImageDecodingException or InvalidDataException)
        {
            return [];
        }
    }

    // The same thread rents next what it returned last.
    private static void FillPools(byte pattern, params int[] lengths)
    {
        foreach (var length in lengths)
        {
            var array = ImageMemory.Rent(length);
            array.AsSpan().Fill(pattern);
            ImageMemory.Return(array);
        }
    }

    private static ImagePreprocessorOptions Options(string decoder) => new()
    {
        Decoder = TestedDecoders.Find(decoder),
        Limits = new ImageLimits { MaxPixels = 1 << 20 },
    };
}
