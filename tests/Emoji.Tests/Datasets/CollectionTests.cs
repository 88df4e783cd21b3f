using Clip.Preprocessing;
using Clip.Tokenization;
using Clip.Training.Data;
using Emoji.Datasets;
using Emoji.Tests.Support;
using Emoji.Training;

namespace Emoji.Tests.Datasets;

/// <summary>The shard in samples/Emoji/collection.</summary>
public class CollectionTests
{
    [Fact]
    public void Shard_AsWebDataset_GivesEveryImageWithItsCaption()
    {
        var tokenizer = ClipTokenizer.Load(Path.Combine(Fixtures.Repository, "models", "emoji"), Recipe.Tokenization);
        var options = new PairSourceOptions { Preprocessing = PreprocessingConfig.OpenAI(32), Tokenizer = tokenizer, Augmentation = null, Shuffle = false, MaxCorruptShare = 0 };
        using var pairs = new WebDataset([new ShardSet(ShippedCollection.Shard)], options, new WebDatasetOptions { CaptionEnding = "json", CaptionProperty = Collection.Caption });
        var entries = ShippedCollection.Read();

        using var batch = pairs.Batches(entries.Count, PairPosition.Start, TestContext.Current.CancellationToken).First();

        Assert.Equal(1594, batch.Count);
        var cat = entries.ToList().FindIndex(pair => pair.Entry.Hexcode == "1F431");
        Assert.Equal(tokenizer.Tokenize(entries[cat].Entry.Caption), batch.Tokens[cat].data<long>().ToArray());
        Assert.Contains("kitten", entries[cat].Entry.Keywords);
    }

    [Fact]
    public void Entries_Hexcodes_AreDifferentAndNamedAfterTheirFiles()
    {
        var entries = ShippedCollection.Read();

        Assert.Equal(entries.Count, entries.Select(pair => pair.Entry.Hexcode).Distinct().Count());
        Assert.All(entries, pair => Assert.NotEmpty(pair.Entry.Name));
    }
}
