using System.Globalization;

namespace Clip.Interactive.Html;

/// <summary>An image beside bars of its classes.</summary>
internal static class PredictionTable
{
    private const int BarWidth = 160;

    public static Markup ToHtml(ImagePredictions shown)
    {
        var rows = shown.Predictions.Select(prediction => Markup.Of(
            $"<tr><td style=\"text-align:left\">{prediction.ClassName}</td><td style=\"text-align:left\">{Bar(prediction.Probability)}</td><td>{Percent(prediction.Probability)}</td></tr>"));
        var classes = shown.Predictions.Count == 0 ? Markup.Of($"<br><em>none of these</em>") : Markup.Of($"<table>{Markup.Of(rows)}</table>");
        return Markup.Of($"<table><tr><td>{Thumbnail.Of(shown.Image)}</td><td style=\"text-align:left\"><strong>{Thumbnail.Name(shown.Image)}</strong>{classes}</td></tr></table>");
    }

    public static string ToText(ImagePredictions shown)
    {
        var classes = shown.Predictions.Select(prediction => $"{Percent(prediction.Probability),7}  {prediction.ClassName}").DefaultIfEmpty("none of these");
        return string.Join('\n', classes.Prepend(Thumbnail.Name(shown.Image)));
    }

    private static Markup Bar(float probability) =>
        Markup.Of($"<div style=\"background:#4878d0;width:{BarWidth * Math.Clamp(probability, 0, 1):F0}px;height:0.8em\"></div>");

    private static string Percent(float probability) => probability.ToString("P1", CultureInfo.CurrentCulture);
}
