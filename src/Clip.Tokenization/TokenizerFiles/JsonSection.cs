using System.Text.Json;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>A value of tokenizer.json that knows where it stands, for errors.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">Its place in the file, such as <c>normalizer.normalizers[1]</c>.</param>
/// <param name="Element">The value.</param>
internal readonly record struct JsonSection(string File, string Path, JsonElement Element)
{
    private const int LongestQuote = 40;

    /// <summary>The kind that the section says it is of.</summary>
    public string Type => Text("type");

    /// <summary>The value under a name; null where it is null or missing.</summary>
    public JsonSection? Find(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Error($"should be an object and is {Quote()}");
        return Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new JsonSection(File, $"{Path}.{name}", value) : null;
    }

    /// <summary>The value under a name, which has to be there.</summary>
    public JsonSection Require(string name) => Find(name) ?? throw Error($"lacks '{name}'");

    /// <summary>A string.</summary>
    public string Text(string name) => Require(name).AsText();

    /// <summary>A string; the fallback where it is missing.</summary>
    public string? Text(string name, string? fallback) => Find(name)?.AsText() ?? fallback;

    /// <summary>A single character; the fallback where it is missing.</summary>
    public char Character(string name, char fallback)
    {
        var text = Text(name, null) ?? fallback.ToString();
        return text.Length == 1 ? text[0] : throw Require(name).Error("should be one character");
    }

    /// <summary>A truth; the fallback where it is missing.</summary>
    public bool Flag(string name, bool fallback) => Find(name) is not { } flag ? fallback : flag.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw flag.Error($"should be true or false and is {flag.Quote()}"),
    };

    /// <summary>An integer from 0 on.</summary>
    public int Integer(string name) => Require(name).AsInteger();

    /// <summary>The value as an integer from 0 on.</summary>
    public int AsInteger() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Error($"should be an integer from 0 on and is {Quote()}");

    /// <summary>The value as a string.</summary>
    public string AsText() => Element.ValueKind == JsonValueKind.String
        ? Element.GetString()!
        : throw Error($"should be a string and is {Quote()}");

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<JsonSection> Items(string name) => Require(name).AsItems();

    /// <summary>The values of this list.</summary>
    public IReadOnlyList<JsonSection> AsItems()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Error($"should be a list and is {Quote()}");
        var (file, path) = (File, Path);
        return [.. Element.EnumerateArray().Select((item, index) => new JsonSection(file, $"{path}[{index}]", item))];
    }

    /// <summary>Refuses what is not known.</summary>
    /// <param name="names">The names that are.</param>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var property in Element.EnumerateObject())
        {
            if (property.Name != "type" && !names.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
                throw Error($"has the setting '{property.Name}', which is not supported for {Type}");
        }
    }

    /// <summary>The exception for what is wrong here.</summary>
    public VocabularyException Error(string problem) => new(File, $"is wrong at {Path}: it {problem}.");

    private string Quote()
    {
        var text = Element.GetRawText();
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
    }
}
