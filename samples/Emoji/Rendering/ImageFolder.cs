using Emoji.Icons;
using Emoji.Packages;
using Emoji.Words;
using SkiaSharp;

namespace Emoji.Rendering;

/// <summary>The rendered images: a folder for each style, a file for each emoji.</summary>
/// <param name="folder">Where they are.</param>
internal sealed class ImageFolder(string folder)
{
    /// <summary>Side of the images in pixels.</summary>
    public const int Side = 72;

    /// <summary>The emoji that a style has, in an order that is always the same.</summary>
    public IReadOnlyList<string> Codes(string style) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder, style)).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Reads an image.</summary>
    /// <param name="style">The style.</param>
    /// <param name="code">The emoji.</param>
    /// <returns>Premultiplied RGBA, which the caller disposes.</returns>
    public SKBitmap Read(string style, string code)
    {
        var path = PathOf(folder, style, code);
        return SKBitmap.Decode(path, new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new InvalidDataException($"'{path}' is no image. Delete '{folder}' and render it again.");
    }

    /// <summary>Renders all styles, unless that has been done.</summary>
    /// <param name="store">The packages.</param>
    /// <param name="catalog">The emoji.</param>
    /// <param name="report">Told of each style.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    public void Render(PackageStore store, Catalog catalog, Action<string> report, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
            return;
        using var icons = StyleIcons.Load(store, catalog);
        var temporary = AtomicFile.TemporaryPath(folder);
        try
        {
            foreach (var style in Styles.All)
            {
                var count = RenderStyle(icons, style, temporary, cancellationToken);
                report($"{style}: {count} images");
            }
            Directory.Move(temporary, folder);
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static int RenderStyle(StyleIcons icons, string style, string target, CancellationToken cancellationToken)
    {
        var count = 0;
        Directory.CreateDirectory(Path.Combine(target, style));
        Parallel.ForEach(icons.Codes(style), new ParallelOptions { CancellationToken = cancellationToken }, code =>
        {
            using var image = SvgRenderer.Render(icons[style, code].ToSvg(), Side);
            if (image is null)
                return;
            File.WriteAllBytes(PathOf(target, style, code), Png.EncodeFast(image));
            Interlocked.Increment(ref count);
        });
        return count;
    }

    private static string PathOf(string folder, string style, string code) => Path.Combine(folder, style, code + ".png");
}
