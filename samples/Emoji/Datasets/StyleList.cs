using Clip.Training.Data;
using Emoji.Rendering;
using Emoji.Words;

namespace Emoji.Datasets;

/// <summary>The images of a style on white, with a list of them and their English names.</summary>
/// <param name="folder">Where the styles are.</param>
internal sealed class StyleList(string folder)
{
    /// <summary>Writes the images and the list of a style, unless they are there, and reads the list.</summary>
    /// <returns>The images in an order that is always the same; their file names are the emoji.</returns>
    public IReadOnlyList<CaptionedImage> Open(string style, ImageFolder images, Catalog catalog)
    {
        var list = Path.Combine(folder, $"{style}.csv");
        if (!File.Exists(list))
        {
            Directory.CreateDirectory(Path.Combine(folder, style));
            var codes = images.Codes(style);
            foreach (var code in codes)
            {
                using var image = images.Read(style, code);
                using var opaque = Png.OnWhite(image);
                File.WriteAllBytes(Path.Combine(folder, style, $"{code}.png"), Png.EncodeFast(opaque));
            }
            AtomicFile.WriteText(list, "filepath,title\n" + string.Concat(codes.Select(code => $"{style}/{code}.png,\"{catalog["en", code].Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")));
        }
        return CaptionList.Read(list);
    }
}
