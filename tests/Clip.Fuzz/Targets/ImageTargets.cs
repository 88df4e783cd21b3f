using Clip.Fuzz.Mutation;
using Clip.Preprocessing;
using Clip.Preprocessing.ImageSharp;

namespace Clip.Fuzz.Targets;

/// <summary>Every format through every decoder that reads it here.</summary>
internal static class ImageTargets
{
    private static readonly Seed[] s_commonJpeg =
        [.. Images("jpeg_422_q75_301x199.jpg", "jpeg_gray_q80_280x210.jpg", "jpeg_420_oddsize_q75_333x251.jpg", "jpeg_exif_orientation6_400x300.jpg")];

    // Sampling factors that libturbojpeg refuses, and such as nobody can read.
    private static readonly Seed[] s_rareJpeg =
    [
        Seed.OfFixture("jpeg_sampling/cmyk-2x1.jpg"), Seed.OfFixture("jpeg_sampling/luma4x2.jpg"), Seed.OfFixture("jpeg_sampling/luma1x3.jpg"),
        Seed.OfFixture("jpeg_sampling/impossible.jpg") with { IsRefused = true },
    ];

    private static readonly Seed[] s_png =
    [
        .. Images("png_rgb_small_96x64.png", "png_P_trns_index_180x240.png", "png_1bit_320x200.png", "png_rgb_thin_1x500.png", "png_P_notrns_180x240.png"),
        .. Images("png_rgb_saturated_noise_190x150.png"),
    ];

    private static readonly Seed[] s_webP = [.. Images("webp_lossy_q80_500x333.webp", "webp_lossless_130x117.webp", "webp_lossless_alpha_190x240.webp")];
    private static readonly Seed[] s_gif = [.. Images("gif_transparent_250x180.gif", "gif_animated_3frames_250x180.gif")];
    private static readonly Seed[] s_bmp = [.. Images("bmp_rgb_120x90.bmp")];

    /// <summary>The targets.</summary>
    public static IEnumerable<FuzzTarget> All() =>
    [
        .. Through(ImageDecoders.Skia, "skia"),
        .. Through(new ImageSharpDecoder(), "imagesharp"),
        .. ImageDecoders.TurboJpeg is { } turboJpeg
            ? new[] { Jpeg("turbojpeg", turboJpeg, s_commonJpeg), Jpeg("chain", ImageDecoders.Default, [.. s_commonJpeg, .. s_rareJpeg]) }
            : [],
    ];

    /// <summary>All formats through one decoder.</summary>
    public static IEnumerable<FuzzTarget> Through(IImageDecoder decoder, string name) =>
    [
        Jpeg(name, decoder, [.. s_commonJpeg, .. s_rareJpeg]),
        new ImageTarget($"png-{name}", new PngMutator(), decoder, s_png),
        new ImageTarget($"webp-{name}", new WebPMutator(), decoder, s_webP),
        new ImageTarget($"gif-{name}", new GifMutator(), decoder, s_gif),
        new ImageTarget($"bmp-{name}", BytesMutator.Instance, decoder, s_bmp),
    ];

    private static ImageTarget Jpeg(string name, IImageDecoder decoder, Seed[] seeds) => new($"jpeg-{name}", new JpegMutator(), decoder, seeds);

    private static IEnumerable<Seed> Images(params IEnumerable<string> names) => names.Select(name => Seed.OfFixture($"preprocess/images/{name}"));
}
