using System.Globalization;

namespace Clip.Interactive.Html;

/// <summary>The few lines that say what a model is.</summary>
internal static class CardTable
{
    /// <summary>A card as HTML.</summary>
    /// <param name="card">The card.</param>
    /// <param name="model">The model it belongs to, where that is loaded.</param>
    public static Markup ToHtml(ModelCard card, ClipModel? model)
    {
        var rows = Lines(card, model).Select(line => Markup.Of($"<tr><th style=\"text-align:left\">{line.Name}</th><td style=\"text-align:left\">{line.Value}</td></tr>"));
        return Markup.Of($"<table><caption style=\"text-align:left\"><strong>{card.Name}</strong></caption>{Markup.Of(rows)}</table>");
    }

    /// <summary>A card as text.</summary>
    /// <param name="card">The card.</param>
    /// <param name="model">The model it belongs to, where that is loaded.</param>
    public static string ToText(ModelCard card, ClipModel? model) =>
        string.Join('\n', Lines(card, model).Select(line => $"{line.Name,-14}{line.Value}").Prepend(card.Name));

    private static IEnumerable<(string Name, string Value)> Lines(ModelCard card, ClipModel? model)
    {
        var (image, text) = (card.Config.Image, card.Config.Text);
        yield return ("Source", card.Source);
        yield return ("Image tower", $"{KindOf(image)}, {image.Resolution.Width} x {image.Resolution.Height} pixels");
        yield return ("Text tower", $"{KindOf(text)}, {text.ContextLength} tokens of {text.VocabularySize.ToString("N0", CultureInfo.CurrentCulture)}");
        yield return ("Embeddings", $"{card.Config.EmbeddingSize} numbers");
        if (model is not null)
        {
            yield return ("Logit scale", model.LogitScale.ToString("F1", CultureInfo.CurrentCulture));
            yield return ("Runs on", model.Target.ToString());
        }
        if (card.TokenizerProblem is { } problem)
            yield return ("Texts", problem);
    }

    // VisionTransformerConfig is VisionTransformer.
    private static string KindOf(object config) => config.GetType().Name.Replace("Config", "", StringComparison.Ordinal);
}
