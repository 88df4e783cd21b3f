namespace Clip.Preprocessing.Tests.Support;

/// <summary>The decoders of this package, for the theories that ask the same of every decoder.</summary>
internal static class TestedDecoders
{
    public static TheoryData<string> Names => ["Skia", "TurboJpeg", "Default"];

    /// <summary>Decoders that read every format.</summary>
    public static TheoryData<string> Whole => ["Skia", "Default"];

    /// <summary>Recorded files whose pixels are not Pillow's.</summary>
    public static IReadOnlyList<string> Differing => ["png_gray16_240x320.png", "png_gray16_dark_240x320.png", "jpeg_cmyk_320x256.jpg"];

    /// <summary>Files that must be equal to Pillow's at least, so that a set that is not there is no pass.</summary>
    public static int LeastEqual => 30;

    /// <summary>The decoder of a name; skips the test where the system lacks it.</summary>
    public static IImageDecoder Find(string name)
    {
        Assert.SkipWhen(name == "TurboJpeg" && ImageDecoders.TurboJpeg is null, "The system has no libturbojpeg.");
        return name switch
        {
            "Skia" => ImageDecoders.Skia,
            "TurboJpeg" => ImageDecoders.TurboJpeg!,
            _ => ImageDecoders.Default,
        };
    }
}
