using Emoji.Icons;
using Emoji.Packages;
using Emoji.Rendering.Restyling;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Rendering;

/// <summary>The icons of the training styles, each drawn in several styles that chance makes: files of pixels, which are read into memory.</summary>
/// <param name="folder">Where the files are, one for each style and variant.</param>
internal sealed class RestyledImages(string folder)
{
    /// <summary>Side of the images in pixels.</summary>
    public const int Side = ImageFolder.Side;

    /// <summary>Images of each icon.</summary>
    public const int Variants = 10;

    private const int BytesPerImage = 4 * Side * Side;
    private const long Seed = 1000;

    /// <summary>Draws what is not there, and reads all of it.</summary>
    /// <param name="store">The packages.</param>
    /// <param name="images">The images as their styles have them, which say what emoji each style has.</param>
    /// <param name="catalog">The emoji.</param>
    /// <param name="report">Told of each variant.</param>
    /// <param name="cancellationToken">Ends it between files.</param>
    /// <returns>The images of each emoji, premultiplied RGBA, in the order of <see cref="Catalog.Codes"/>; none for an emoji that no style has.</returns>
    public IReadOnlyList<IReadOnlyList<byte[]>> Open(PackageStore store, ImageFolder images, Catalog catalog, Action<string> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var icons = StyleIcons.Load(store, catalog);
        var all = catalog.Codes.ToDictionary(code => code, _ => new List<byte[]>());
        for (var variant = 0; variant < Variants; variant++)
        {
            for (var style = 0; style < Styles.Training.Count; style++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var codes = images.Codes(Styles.Training[style]);
                var path = Path.Combine(folder, $"{Styles.Training[style]}-{variant}.rgba");
                if (!File.Exists(path))
                    Write(path, icons, Styles.Training[style], codes, new IndexedRandom(Seed + variant, style));
                Read(path, codes, all);
            }
            report($"restyled: {variant + 1} of {Variants} variants");
        }
        return [.. catalog.Codes.Select(code => all[code])];
    }

    private static void Write(string path, StyleIcons icons, string style, IReadOnlyList<string> codes, IndexedRandom random)
    {
        var seed = (long)random.NextBits();
        var pixels = new byte[codes.Count][];
        Parallel.For(0, codes.Count, place => pixels[place] = Draw(icons[style, codes[place]], new IndexedRandom(seed, place)));
        AtomicFile.Write(path, stream =>
        {
            foreach (var image in pixels)
                stream.Write(image);
        });
    }

    // An icon of which restyling leaves nothing stays as it is.
    private static byte[] Draw(Icon icon, IndexedRandom random)
    {
        using var image = SvgRenderer.Render(Restyler.Restyle(icon, ref random), Side) ?? SvgRenderer.Render(icon.ToSvg(), Side)!;
        return image.GetPixelSpan().ToArray();
    }

    private static void Read(string path, IReadOnlyList<string> codes, Dictionary<string, List<byte[]>> all)
    {
        using var file = File.OpenRead(path);
        if (file.Length != (long)codes.Count * BytesPerImage)
            throw new InvalidDataException($"'{path}' has {file.Length} bytes, which are not {codes.Count} images. Delete it; it is drawn again.");
        foreach (var code in codes)
        {
            var image = new byte[BytesPerImage];
            file.ReadExactly(image);
            all[code].Add(image);
        }
    }
}
