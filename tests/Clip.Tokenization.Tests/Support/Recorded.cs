using System.Text.Json.Nodes;

namespace Clip.Tokenization.Tests.Support;

/// <summary>What the original tokenizers gave, from tests/Fixtures/tokenizer.</summary>
internal static class Recorded
{
    /// <summary>The rows of a file with one JSON object per line.</summary>
    public static IEnumerable<JsonNode> Rows(string file) =>
        File.ReadLines(Fixtures.Find("tokenizer", file)).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!);

    /// <summary>A file that is one JSON object.</summary>
    public static JsonNode Document(string file) => JsonNode.Parse(File.ReadAllBytes(Fixtures.Find("tokenizer", file)))!;

    /// <summary>A string of a row.</summary>
    public static string Text(this JsonNode row, string name) => row[name]!.GetValue<string>();

    /// <summary>A truth of a row.</summary>
    public static bool Is(this JsonNode row, string name) => row[name]?.GetValue<bool>() ?? false;

    /// <summary>Token ids of a row, or null.</summary>
    public static int[]? Ids(this JsonNode row, string name) => row[name]?.AsArray().Select(id => id!.GetValue<int>()).ToArray();

    /// <summary>Compares every row with what is expected, prints how many are equal, and fails with those that are not.</summary>
    public static void AssertAllEqual<T>(string what, IEnumerable<(string Name, T Expected, T Actual)> rows)
    {
        var all = rows.ToList();
        var different = all.Where(row => !Equals(Printed(row.Expected), Printed(row.Actual))).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {all.Count - different.Count} of {all.Count} equal, {different.Count} differ");
        Assert.NotEmpty(all);
        Assert.True(different.Count == 0,
            $"{what}: {different.Count} of {all.Count} differ:\n" + string.Join("\n", different.Take(20).Select(row =>
                $"{Printed(row.Name)}\n  expected {Printed(row.Expected)}\n  was      {Printed(row.Actual)}")));
    }

    private static string Printed(object? value) => value switch
    {
        null => "null",
        string text => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:X4}")),
        System.Collections.IEnumerable items => string.Join(" ", items.Cast<object>()),
        _ => value.ToString()!,
    };
}
