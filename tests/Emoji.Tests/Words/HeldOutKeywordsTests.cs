using Emoji.Tests.Support;
using Emoji.Training.Captions;
using Emoji.Words;
using Training.Shared;

namespace Emoji.Tests.Words;

/// <summary>The keywords that training does not show.</summary>
public class HeldOutKeywordsTests
{
    private static readonly Catalog Emoji = SmallCatalog.Many();
    private static readonly HeldOutKeywords HeldOut = new(Emoji);

    [Fact]
    public void Contains_KeywordsOfALanguage_AFifthIsHeldOut() => Assert.All(Catalog.Languages, language =>
    {
        var keywords = Emoji.In(language).SelectMany(description => description.Keywords).Distinct().ToList();
        Assert.InRange(keywords.Count(HeldOut.Contains) / (double)keywords.Count, 0.19, 0.21);
    });

    [Fact]
    public void Contains_SameCatalog_AreTheSameKeywords()
    {
        var again = new HeldOutKeywords(SmallCatalog.Many());

        Assert.All(Emoji.In("en").SelectMany(description => description.Keywords), keyword => Assert.Equal(HeldOut.Contains(keyword), again.Contains(keyword)));
    }

    [Fact]
    public void Contains_PhraseOfAName_IsNotHeldOut()
    {
        var catalog = SmallCatalog.Load(language => Enumerable.Range(0, 50).Select(i => SmallCatalog.Emoji($"{0x1F400 + i:X}", $"word{(char)('a' + i % 26)} thing", [$"word{(char)('a' + i % 26)}"], i)));

        Assert.DoesNotContain(catalog.In("en").SelectMany(description => description.Keywords), new HeldOutKeywords(catalog).Contains);
    }

    [Fact]
    public void Write_CaptionsOfTraining_HaveNoHeldOutKeywordInThem()
    {
        var writer = new CaptionWriter(Emoji, HeldOut);
        var random = new IndexedRandom(1, 2);

        var captions = Enumerable.Range(0, 20_000).Select(i => writer.Write(Emoji.Codes[i % Emoji.Codes.Count], ref random)).ToList();

        Assert.DoesNotContain(captions, HeldOut.OccurIn);
        Assert.DoesNotContain(writer.Parts, HeldOut.OccurIn);
        // What is not held out comes up.
        Assert.Contains(captions, caption => caption.Contains("all", StringComparison.Ordinal));
        Assert.InRange(captions.Distinct().Count(), 2000, 20_000);
    }
}
