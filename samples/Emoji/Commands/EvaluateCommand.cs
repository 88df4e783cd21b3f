using Clip.Models;
using Clip.Tokenization;
using Emoji.Datasets;
using Emoji.Evaluation;
using Emoji.Icons;
using Emoji.Training.Captions;
using Emoji.Words;

namespace Emoji.Commands;

/// <summary>Measures the model in styles and with keywords that training does not show, beside baselines that learn nothing.</summary>
internal static class EvaluateCommand
{
    public static async Task RunAsync(string folder, Workspace workspace, CancellationToken cancellationToken)
    {
        var catalog = await workspace.PrepareAsync(cancellationToken);
        var heldOut = new HeldOutKeywords(catalog);
        using var network = DualEncoder.Load(folder);
        network.eval();
        var tokenizer = Vocabulary.Load(folder);
        var lists = new StyleList(workspace["lists"]);
        using var scope = NewDisposeScope();
        var images = Styles.All.ToDictionary(style => style, style => new StyleImages(lists.Open(style, workspace.Images, catalog)));

        Console.WriteLine($"Images to names: top-1 and top-5 among the {catalog.Codes.Count} names of a language");
        foreach (var style in Styles.Unseen.Append(Collection.Style))
            PrintNaming(style, images, network, tokenizer, catalog);

        foreach (var style in Styles.Unseen)
            PrintKeywords(style, images[style], network, tokenizer, catalog, heldOut);
        foreach (var style in images.Values)
            style.Dispose();
    }

    private static void PrintNaming(string style, Dictionary<string, StyleImages> images, DualEncoder network, ClipTokenizer tokenizer, Catalog catalog)
    {
        var own = images[style];
        Console.WriteLine();
        Console.WriteLine($"| {style}{(Styles.Training.Contains(style) ? ", a style of training" : "")}, {own.Codes.Count} images | top-1 | top-5 |");
        Console.WriteLine("| --- | --- | --- |");
        var embedded = Embeddings.OfImages(network, own.Pixels);
        var names = Catalog.Languages.Select(language => Embeddings.OfTexts(network, tokenizer, catalog.In(language).Select(description => description.Name))).ToList();
        foreach (var (language, ownNames) in Catalog.Languages.Zip(names))
            Print($"model, {language}", Naming.Measure(embedded, own.Codes, ownNames, catalog.Codes));
        Print("model, names of all languages averaged", Naming.Measure(embedded, own.Codes, stack(names).mean([0]), catalog.Codes));
        if (Styles.Training.Contains(style))
            return;
        var nearest = NearestPixels.Compare(own, Styles.Training.Select(known => images[known]), catalog.Codes);
        Print("nearest pixels of the training styles", Naming.Of(nearest, own.Codes, catalog.Codes));
        Print("chance", new Naming(1.0 / catalog.Codes.Count, 5.0 / catalog.Codes.Count));
    }

    private static void PrintKeywords(
        string style, StyleImages images, DualEncoder network, ClipTokenizer tokenizer, Catalog catalog, HeldOutKeywords heldOut)
    {
        Console.WriteLine();
        Console.WriteLine($"| {style}: images by keyword, among {images.Codes.Count} | keywords | hit at 1 | hit at 5 | mean average precision |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        var embedded = Embeddings.OfImages(network, images.Pixels);
        foreach (var language in Catalog.Languages)
        {
            foreach (var isHeldOut in (bool[])[true, false])
            {
                var queries = KeywordRetrieval.Queries(catalog, language, images.Codes, keyword => heldOut.Contains(keyword) == isHeldOut);
                var texts = Embeddings.OfTexts(network, tokenizer, queries.Select(query => query.Keyword));
                Print($"model, {language}, {(isHeldOut ? "held out" : "others")}", queries.Count, KeywordRetrieval.Of(texts.matmul(embedded.t()), queries));
                if (!isHeldOut)
                    continue;
                var keywords = queries.Select(query => query.Keyword).ToList();
                var known = images.Codes.Select(code => (IReadOnlyList<string>)[catalog[language, code].Name, .. heldOut.Shown(catalog[language, code])]).ToList();
                Print($"same words, {language}, held out", queries.Count, KeywordRetrieval.Of(WordOverlap.Compare(keywords, known, byLetters: false), queries));
                Print($"same letters, {language}, held out", queries.Count, KeywordRetrieval.Of(WordOverlap.Compare(keywords, known, byLetters: true), queries));
                Print($"chance, {language}, held out", queries.Count, KeywordRetrieval.Of(rand(queries.Count, images.Codes.Count), queries));
            }
        }
    }

    private static void Print(string name, Naming naming) => Console.WriteLine($"| {name} | {naming.Top1:P1} | {naming.Top5:P1} |");

    private static void Print(string name, int keywords, KeywordRetrieval result) =>
        Console.WriteLine($"| {name} | {keywords} | {result.HitAt1:P1} | {result.HitAt5:P1} | {result.Precision:P1} |");
}
