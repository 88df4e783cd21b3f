using System.Globalization;
using Clip.Preprocessing;

namespace Clip;

/// <summary>Reads models.csv: one line for each published model, every column checked.</summary>
internal static class CatalogTable
{
    private const string Resource = "Clip.Catalog.models.csv";
    private const string Header =
        "name,tag,repository,file,resolution,image_parameters,text_parameters,imagenet,imagenet_source,normalization,interpolation,resize_mode,"
        + "quick_gelu,license,also_at";

    /// <summary>Reads the table of this library.</summary>
    /// <param name="configs">The configs of architectures, by name.</param>
    public static IReadOnlyList<KnownModel> Read(IReadOnlyDictionary<string, string> configs)
    {
        using var stream = typeof(CatalogTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The library lacks its resource {Resource}.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), configs);
    }

    /// <summary>Reads a table.</summary>
    /// <param name="text">A header and lines with commas between the columns; no column has a comma or a quotation mark in it.</param>
    /// <param name="configs">The configs of architectures, by name.</param>
    /// <exception cref="FormatException">A line is wrong; the message has its number.</exception>
    public static IReadOnlyList<KnownModel> Parse(string text, IReadOnlyDictionary<string, string> configs)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (lines[0] != Header)
            throw new FormatException($"Line 1 must be '{Header}'.");
        var models = new List<KnownModel>(lines.Length - 1);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 1; i < lines.Length; i++)
        {
            try
            {
                var model = ParseLine(lines[i].Split(','), configs);
                models.Add(names.Add(model.FullName) ? model : throw new FormatException($"{model.FullName} is there twice."));
            }
            catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
            {
                throw new FormatException($"Line {i + 1}: {e.Message}", e);
            }
        }
        return models;
    }

    private static KnownModel ParseLine(string[] cells, IReadOnlyDictionary<string, string> configs)
    {
        if (cells is not [var name, var tag, var repository, var file, var resolution, var image, var text, var accuracy, var source,
            var normalization, var interpolation, var resizeMode, var quickGelu, var license, var alsoAt])
        {
            throw new FormatException($"There must be {Header.Split(',').Length} columns but are {cells.Length}.");
        }
        var side = int.Parse(resolution, NumberStyles.None, CultureInfo.InvariantCulture);
        var preprocessing = ParsePreprocessing(side, normalization, interpolation, resizeMode);
        preprocessing.Validate();
        var (other, otherFile) = ParseOther(alsoAt);
        return new KnownModel
        {
            Name = Required(name, "name"),
            Tag = Required(tag, "tag"),
            Repository = new Hub.HubRepository(repository).Id,
            File = Optional(file),
            AlsoAt = other,
            AlsoAtFile = otherFile,
            Resolution = side,
            ImageParameters = ParseMillions(image),
            TextParameters = ParseMillions(text),
            ImageNetAccuracy = ParseAccuracy(accuracy),
            AccuracySource = (source.Length > 0) == (accuracy.Length > 0) ? Optional(source) : throw new FormatException("An accuracy and its source go together."),
            UsesQuickGelu = quickGelu switch { "yes" => true, "" => false, _ => throw new FormatException($"quick_gelu must be 'yes' or nothing but is '{quickGelu}'.") },
            License = Optional(license),
            Preprocessing = preprocessing,
            ConfigJson = configs.TryGetValue(name, out var config) ? config : throw new FormatException($"There is no config of '{name}'."),
        };
    }

    // org/name, or org/name/file.
    private static (string? Repository, string? File) ParseOther(string text)
    {
        if (text.Length == 0)
            return (null, null);
        var file = text.IndexOf('/', text.IndexOf('/') + 1);
        return (new Hub.HubRepository(file < 0 ? text : text[..file]).Id, file < 0 ? null : Required(text[(file + 1)..], "also_at's file"));
    }

    private static PreprocessingConfig ParsePreprocessing(int side, string normalization, string interpolation, string resizeMode)
    {
        var normalized = normalization switch
        {
            "openai" => PreprocessingConfig.OpenAI(side),
            "inception" => PreprocessingConfig.SigLip(side),
            "imagenet" => PreprocessingConfig.Clipa(side),
            "none" => PreprocessingConfig.MobileClip(side),
            _ => throw new FormatException($"normalization must be openai, inception, imagenet or none but is '{normalization}'."),
        };
        return normalized with
        {
            Interpolation = interpolation switch
            {
                "bicubic" => Interpolation.Bicubic,
                "bilinear" => Interpolation.Bilinear,
                _ => throw new FormatException($"interpolation must be bicubic or bilinear but is '{interpolation}'."),
            },
            ResizeMode = resizeMode switch
            {
                "shortest" => ResizeMode.Shortest,
                "squash" => ResizeMode.Squash,
                _ => throw new FormatException($"resize_mode must be shortest or squash but is '{resizeMode}'."),
            },
        };
    }

    private static long? ParseMillions(string text) =>
        text.Length == 0 ? null : (long)Math.Round(ParseDecimal(text) * 100) * 10_000;

    private static double? ParseAccuracy(string text) =>
        text.Length == 0 ? null
        : ParseDecimal(text) is > 0 and < 1 and var share ? (double)share
        : throw new FormatException($"An accuracy is between 0 and 1 but is {text}.");

    private static decimal ParseDecimal(string text) => decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static string Required(string text, string column) => text.Length > 0 ? text : throw new FormatException($"{column} must not be empty.");

    private static string? Optional(string text) => text.Length > 0 ? text : null;
}
