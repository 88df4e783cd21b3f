using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class OrientationTests
{
    public static TheoryData<string, int, int, string> Files =>
    [
        .. TestedDecoders.Names.SelectMany(decoder => new[]
        {
            ("jpeg_exif_orientation6_400x300.jpg", 300, 400, decoder.Data),
            ("jpeg_exif_orientation3_400x300.jpg", 400, 300, decoder.Data),
        }),
    ];

    [Theory, MemberData(nameof(Files))]
    public void Decode_WithOrientation_TurnsTheImageUpright(string file, int width, int height, string decoder)
    {
        var options = new ImagePreprocessorOptions { Decoder = TestedDecoders.Find(decoder) };

        using var stored = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options).Decode(Golden.ImagePath(file));
        using var upright = new ImagePreprocessor(PreprocessingConfig.OpenAI(224), options with { ApplyOrientation = true }).Decode(Golden.ImagePath(file));

        Assert.Equal((400, 300), (stored.Width, stored.Height));
        Assert.Equal((width, height), (upright.Width, upright.Height));
        // The first stored pixel: top right when the file is to be turned clockwise, bottom right when upside down.
        var bytes = stored.Format.BytesPerPixel();
        var corner = file.Contains('6') ? upright.Pixels.Slice(bytes * (width - 1), 3) : upright.Pixels.Slice(upright.Pixels.Length - bytes, 3);
        Assert.True(corner.SequenceEqual(stored.Pixels[..3]));
    }
}
