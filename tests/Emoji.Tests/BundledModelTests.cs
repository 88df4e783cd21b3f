using System.Numerics.Tensors;
using Clip;
using Clip.Preprocessing;
using Emoji.Datasets;
using Emoji.Tests.Support;

namespace Emoji.Tests;

/// <summary>The model in models/emoji and the images in samples/Emoji/collection, which are of a style that training shows.</summary>
public sealed class BundledModelTests : IDisposable
{
    private readonly ClipModel _clip = ClipModel.Load(Path.Combine(Fixtures.Repository, "models", "emoji"), new ClipModelOptions { Device = "cpu" });
    private readonly IReadOnlyList<(Collection.Entry Entry, byte[] Image)> _collection = ShippedCollection.Read();

    public void Dispose() => _clip.Dispose();

    // Chance is 1 in 1,594. It was 0.41.
    [Fact]
    public void EmbedImages_ShippedImages_AreNearestToTheirNames()
    {
        var images = _clip.EmbedImages(_collection.Select(pair => ImageSource.FromBytes(pair.Image, pair.Entry.Hexcode)));
        var names = _clip.EmbedTexts(_collection.Select(pair => pair.Entry.Name));

        var right = images.Where((image, place) => Nearest(image, names) == place).Count();

        Assert.InRange(right / (double)images.Length, 0.35, 1);
    }

    // A few that it knows; of others, such as fire, the image is further away.
    [Theory]
    [InlineData("1F431", "cat face")]
    [InlineData("1F34E", "red apple")]
    [InlineData("1F3B8", "guitar")]
    public void EmbedTexts_NameOfAnEmoji_HasItsImageAmongTheNearestTen(string code, string name)
    {
        var images = _clip.EmbedImages(_collection.Select(pair => ImageSource.FromBytes(pair.Image, pair.Entry.Hexcode)));

        var query = _clip.EmbedTexts([name])[0];
        var nearest = images.Zip(_collection, (image, pair) => (Score: TensorPrimitives.Dot(image, query), pair.Entry.Hexcode)).OrderByDescending(image => image.Score).Take(10);

        Assert.Contains(code, nearest.Select(image => image.Hexcode));
    }

    [Fact]
    public void Tokenizer_NamesInAllLanguages_HaveTheModelsVocabulary() =>
        Assert.All((string[])["Katzengesicht", "cara de gato", "tête de chat", "muso di gatto", "ネコの顔", "고양이 얼굴", "猫脸"], name => Assert.True(_clip.Tokenizer.Fit(name).Fits));

    private static int Nearest(float[] query, float[][] all)
    {
        var scores = Array.ConvertAll(all, vector => TensorPrimitives.Dot(query, vector));
        return Array.IndexOf(scores, scores.Max());
    }
}
