using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Clip.Tokenization.Normalization;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Normalization;

/// <summary>The composed form (NFC), which the tests of this class see without the system's ICU.</summary>
public sealed class ComposedFormTests
{
    private const int BlockSize = 0x1000;

    // Letters and marks of scripts that compose, reorder or exclude compositions; all of them older than any ICU in use.
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x41, 0x5A), (0xC0, 0x24F), (0x300, 0x345), (0x391, 0x3A1), (0x3B1, 0x3C9), (0x5B0, 0x5BC), (0x5D0, 0x5EA), (0x622, 0x655),
        (0x915, 0x94D), (0x9A1, 0x9B0), (0x9C7, 0x9CD), (0xDD9, 0xDDF), (0xF40, 0xF47), (0xF71, 0xF75), (0x1100, 0x1112), (0x1161, 0x1175),
        (0x11A8, 0x11C2), (0x1E00, 0x1E99), (0x1F00, 0x1F15), (0x3046, 0x3099), (0xAC00, 0xAC40), (0xF900, 0xFA0D), (0xFB2A, 0xFB36),
        (0x1D15E, 0x1D165),
    ];

    private static bool HasIcu => "\u00E9".Normalize(NormalizationForm.FormD).Length == 2;

    public static TheoryData<string> Contexts => [.. Recorded.Document("nfc_blocks.json")["contexts"]!.AsArray().Select(row => row!.Text("context"))];

    [Theory]
    [MemberData(nameof(Contexts))]
    public void Compose_EveryCharacter_GivesWhatPythonGives(string context)
    {
        var blocks = Recorded.Document("nfc_blocks.json")["contexts"]!.AsArray().Single(row => row!.Text("context") == context)!["blocks"]!.AsObject();
        Recorded.AssertAllEqual($"blocks of '{context}'", blocks.Select(block =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var rune in Runes(int.Parse(block.Key, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
                hash.AppendData(Encoding.UTF8.GetBytes(ComposedForm.Compose(context.Replace("{}", rune.ToString())) + "\n"));
            return (block.Key, block.Value!.GetValue<string>(), Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
        }));
    }

    [Fact]
    public void Compose_OfficialCases_GivesTheirComposedForm() =>
        Recorded.AssertAllEqual("NormalizationTest.txt", File.ReadLines(Fixtures.Find("tokenizer", "normalization_test.txt"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(';'))
            .Select(columns => (columns[0], Text(columns[1]), ComposedForm.Compose(Text(columns[0])))));

    [Theory]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("a\u0301\u0323", "\u1EA1\u0301")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u212B\uF900", "\u00C5\u8C48")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("e\u0323\u0335", "\u1EB9\u0335")]
    [InlineData("x\u0323\u0335", "x\u0335\u0323")]
    [InlineData("e\u0301\uFFFEa\uFFFF", "\u00E9\uFFFEa\uFFFF")]
    public void Compose_Text_ComposesLettersAndMarks(string text, string expected) => Assert.Equal(expected, ComposedForm.Compose(text));

    [Fact]
    public void Compose_HalvesOfSurrogatePairs_AreKept() =>
        Assert.Equal("\uDC00\u00E9\uD800", ComposedForm.Compose("\uDC00e\u0301\uD800"));

    [Theory]
    [InlineData("plain ASCII")]
    [InlineData("naïve façade")]
    [InlineData("дом, 東京, हिन्दी, שלום, 🦊")]
    public void Compose_ComposedText_IsTheTextItself(string text) => Assert.Same(text, ComposedForm.Compose(text));

    [Fact]
    public void Compose_ManyMarksOnOneLetter_AreOrderedInLinearithmicWork()
    {
        // Sorted by insertion, these would take ten billion steps.
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 100_000));

        var composed = ComposedForm.Compose(text);

        Assert.Equal("\u1EA1" + new string('\u0323', 99_999) + new string('\u0301', 100_000), composed);
    }

    [Fact]
    public void Compose_RandomTexts_GivesWhatIcuGives()
    {
        Assert.SkipUnless(HasIcu, ".NET runs without ICU here, so that there is nothing to compare with.");
        var random = new Random(15);
        var texts = Enumerable.Range(0, 20_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
        {
            var (first, last) = Ranges[random.Next(Ranges.Length)];
            return char.ConvertFromUtf32(random.Next(first, last + 1));
        })));
        Recorded.AssertAllEqual("random texts", texts.Select(text => (text, text.Normalize(NormalizationForm.FormC), ComposedForm.Compose(text))));
    }

    [Fact]
    public void Plain_LigaturesAndWidths_GivesTheirCompatibilityForm()
    {
        Assert.SkipUnless(HasIcu, ".NET runs without ICU here, so that there is nothing to compare with.");
        var replaced = "ĲĳǱǲǳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬆ".Concat(Enumerable.Range(0xFF01, 0xFFEF - 0xFF00).Select(code => (char)code));
        Recorded.AssertAllEqual("ligatures and widths", replaced.Select(c =>
            (c.ToString(), c.ToString().Normalize(NormalizationForm.FormKC), UnicodeMappings.Instance.Plain(c) ?? c.ToString())));
    }

    private static IEnumerable<Rune> Runes(int start) =>
        Enumerable.Range(start, BlockSize).Where(Rune.IsValid).Select(code => new Rune(code));

    private static string Text(string codes) =>
        string.Concat(codes.Split(' ').Select(code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
