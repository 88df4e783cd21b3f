using Clip.Preprocessing.Decoding.Jpeg;
using Clip.Preprocessing.Tests.Support;
using Clip.TestUtilities;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>The decoder that reads DC coefficients alone, beside libjpeg at an eighth of the size.</summary>
public class EighthDecoderTests
{
    /// <summary>Files with the largest mean difference from libjpeg, in steps of 255: where colors are stored at half the size, it takes more coefficients.</summary>
    public static TheoryData<string, double> Files => new()
    {
        { "jpeg_eighth/444.jpg", 0 },
        { "jpeg_eighth/422.jpg", 0 },
        { "jpeg_eighth/440.jpg", 0 },
        { "jpeg_eighth/420_restarts.jpg", 1 },
        { "preprocess/images/jpeg_444_q95_260x195.jpg", 0 },
        { "preprocess/images/jpeg_gray_q80_280x210.jpg", 0 },
        { "preprocess/images/jpeg_422_q75_301x199.jpg", 0 },
        { "preprocess/images/jpeg_420_oddsize_q75_333x251.jpg", 1 },
        { "preprocess/images/jpeg_baseline_q85_640x480.jpg", 1 },
        { "preprocess/images/jpeg_big_q70_2000x1333.jpg", 1 },
    };

    public static TheoryData<string> Declined =>
    [
        "jpeg_eighth/progressive.jpg",
        "preprocess/images/jpeg_cmyk_320x256.jpg",
        "jpeg_sampling/luma1x3.jpg",
        "jpeg_sampling/luma2x2-chroma2x1.jpg",
        "jpeg_sampling/luma4x2.jpg",
        "jpeg_sampling/impossible.jpg",
    ];

    [Theory, MemberData(nameof(Files))]
    public void TryDecode_SequentialFile_EqualsLibjpegButForColorsAtHalfTheSize(string file, double most)
    {
        var encoded = Read(file);
        var header = ImageHeader.Read(encoded);
        using var expected = ImageDecoders.Skia.Decode(encoded, header, EighthDecoder.Reduction);

        using var actual = EighthDecoder.TryDecode(encoded, header);

        Assert.NotNull(actual);
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.InRange(Difference.Mean(RgbBytes.Of(expected), RgbBytes.Of(actual)), 0, most);
    }

    [Theory, MemberData(nameof(Declined))]
    public void TryDecode_OtherFile_Declines(string file)
    {
        var encoded = Read(file);

        Assert.Null(EighthDecoder.TryDecode(encoded, ImageHeader.Read(encoded)));
    }

    // Colors that are no luma and chroma, by Adobe's marker or by their names.
    [Fact]
    public void TryDecode_RedGreenBlue_Declines()
    {
        var encoded = Read("jpeg_eighth/444.jpg");
        byte[] marker = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0];
        byte[] marked = [.. encoded[..2], .. marker, .. encoded[2..]];

        Assert.Null(EighthDecoder.TryDecode(marked, ImageHeader.Read(marked)));

        marked[2 + marker.Length - 1] = 1;
        using var image = EighthDecoder.TryDecode(marked, ImageHeader.Read(marked));
        Assert.NotNull(image);
    }

    [Fact]
    public void TryDecode_OtherSizeThanTheHeader_Declines()
    {
        var encoded = Read("jpeg_eighth/444.jpg");

        Assert.Null(EighthDecoder.TryDecode(encoded, ImageHeader.Read(encoded) with { Width = 8 }));
    }

    [Theory]
    [InlineData("jpeg_eighth/420_restarts.jpg")]
    [InlineData("preprocess/images/jpeg_gray_q80_280x210.jpg")]
    public void TryDecode_CutOff_Declines(string file)
    {
        var encoded = Read(file);
        var header = ImageHeader.Read(encoded);

        for (var length = 0; length < encoded.Length; length += length < 700 || length > encoded.Length - 100 ? 1 : 61)
        {
            Assert.Null(EighthDecoder.TryDecode(encoded.AsSpan(0, length), header));
            // The end marker alone does not make it whole.
            byte[] ended = [.. encoded.AsSpan(0, length), 0xFF, 0xD9];
            if (length < encoded.Length - 3)
                Assert.Null(EighthDecoder.TryDecode(ended, header));
        }
    }

    [Fact]
    public void TryDecode_RestartMarkerOutOfTurn_Declines()
    {
        var encoded = Read("jpeg_eighth/420_restarts.jpg");
        var at = encoded.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD0]);
        Assert.True(at > 0);
        encoded[at + 1] = 0xD3;

        Assert.Null(EighthDecoder.TryDecode(encoded, ImageHeader.Read(encoded)));
    }

    // Whatever is in a file, it is an image of that size or declined; a table that is damaged is not what the next file is read with.
    [Fact]
    public void TryDecode_DamagedBytes_DeclinesOrDecodes()
    {
        var whole = Read("jpeg_eighth/444.jpg");
        var header = ImageHeader.Read(whole);
        using var expected = EighthDecoder.TryDecode(whole, header)!;
        var random = new Random(5);
        var declined = 0;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = whole.ToArray();
            // Half of the damage to what stands before the data.
            for (var i = random.Next(1, 4); i > 0; i--)
                damaged[random.Next(2, round % 2 == 0 ? 700 : damaged.Length)] = (byte)random.Next(256);
            using var image = EighthDecoder.TryDecode(damaged, header);
            Assert.True(image is null || (image.Width, image.Height) == (26, 19));
            declined += image is null ? 1 : 0;
            if (round % 100 == 0)
            {
                using var again = EighthDecoder.TryDecode(whole, header)!;
                Assert.True(expected.Pixels.SequenceEqual(again.Pixels));
            }
        }
        Assert.InRange(declined, 300, 2999);
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Fixtures.Find(file.Split('/')));
}
