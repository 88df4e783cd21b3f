using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Decoding;

public class JpegDecodersTests(ITestOutputHelper output)
{
    [Fact]
    public void Decode_BothJpegDecoders_AgreeInEverySize()
    {
        Assert.SkipWhen(ImageDecoders.TurboJpeg is null, "The system has no libturbojpeg.");
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Golden.Folder, "images"), "*.jpg"))
        {
            var encoded = File.ReadAllBytes(path);
            var header = ImageHeader.Read(encoded);
            if (header.Color == SourceColor.Cmyk)
                continue;
            for (var reduction = 1; reduction <= 8; reduction *= 2)
            {
                using var ours = ImageDecoders.TurboJpeg!.Decode(encoded, header, reduction);
                using var skia = ImageDecoders.Skia.Decode(encoded, header, reduction);
                Assert.Equal((skia.Width, skia.Height), (ours.Width, ours.Height));
                var largest = Difference.Largest(RgbBytes.Of(skia), RgbBytes.Of(ours));
                output.WriteLine($"{Path.GetFileName(path)} 1/{reduction}: {largest}");
                Assert.True(reduction > 1 || largest == 0);
            }
        }
    }
}
