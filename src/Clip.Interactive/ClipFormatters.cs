using Clip.Interactive.Charts;
using Clip.Interactive.Html;
using Clip.Preprocessing;
using Microsoft.DotNet.Interactive.Formatting;

namespace Clip.Interactive;

/// <summary>How values of the library look as outputs of a notebook's cells. .NET Interactive registers them when it loads the package.</summary>
public static class ClipFormatters
{
    /// <summary>Registers the formatters in this process; a second call changes nothing.</summary>
    /// <remarks>
    /// Models and model cards become a few lines, images small images, maps of relevance images with a caption, and <see cref="ImagePredictions"/>, <see cref="ImageGallery"/>,
    /// <see cref="SimilarityTable"/> and <see cref="LineChart"/> what their names say; each as HTML and as text. Names and texts are escaped.
    /// </remarks>
    public static void Register()
    {
        Register<ClipModel>(model => CardTable.ToHtml(model.Card, model), model => CardTable.ToText(model.Card, model));
        Register<ModelCard>(card => CardTable.ToHtml(card, null), card => CardTable.ToText(card, null));
        Register<ImageSource>(Thumbnail.Of, image => image.Name);
        Register<RelevanceMap>(RelevanceImage.ToHtml, RelevanceImage.ToText);
        Register<ImagePredictions>(PredictionTable.ToHtml, PredictionTable.ToText);
        Register<ImageGallery>(GalleryTable.ToHtml, GalleryTable.ToText);
        Register<SimilarityTable>(HeatTable.ToHtml, HeatTable.ToText);
        Register<LineChart>(ChartDrawing.ToSvg, ChartDrawing.ToText);
    }

    // Both are kept in the notebook: what shows no HTML shows the text.
    private static void Register<T>(Func<T, Markup> html, Func<T, string> text)
    {
        Formatter.Register<T>((value, writer) => writer.Write(html(value).Text), HtmlFormatter.MimeType);
        Formatter.Register<T>((value, writer) => writer.Write(text(value)), PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(T), HtmlFormatter.MimeType, PlainTextFormatter.MimeType);
    }
}
