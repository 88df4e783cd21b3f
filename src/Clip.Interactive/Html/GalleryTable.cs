namespace Clip.Interactive.Html;

/// <summary>Images in rows, a caption under each.</summary>
internal static class GalleryTable
{
    public static Markup ToHtml(ImageGallery gallery)
    {
        var cells = gallery.Images.Select((image, i) => Markup.Of(
            $"<td style=\"text-align:center;vertical-align:top\">{Thumbnail.Of(image)}<br>{gallery.CaptionOf(i)}</td>"));
        return Markup.Of($"<table>{Markup.Of(cells.Chunk(gallery.Columns).Select(row => Markup.Of($"<tr>{Markup.Of(row)}</tr>")))}</table>");
    }

    public static string ToText(ImageGallery gallery) => string.Join('\n', Enumerable.Range(0, gallery.Images.Count).Select(gallery.CaptionOf));
}
