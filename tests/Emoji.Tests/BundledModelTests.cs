using System.Numerics.Tensors;
using Emoji.Tests.Support;

namespace Emoji.Tests;

/// <summary>The model in models/emoji and the images in samples/Emoji/collection, which are of a style that training shows.</summary>
public sealed class BundledModelTests(BundledModel model) : IClassFixture<BundledModel>
{
    // Chance is 1 in 1,594.
    [Fact]
    public void EmbedImages_ShippedImages_AreNearestToTheirNames()
    {
        var names = model.Clip.EmbedTexts(model.Collection.Select(pair => pair.Entry.Name));

        var right = model.Images.Where((image, place) => Nearest(image, names) == place).Count();

        Assert.InRange(right / (double)model.Images.Length, 0.7, 1);
    }

    [Theory]
    [InlineData("1F525", "fire")]
    [InlineData("1F431", "cat face")]
    [InlineData("1F34E", "red apple")]
    [InlineData("1F3B8", "guitar")]
    public void EmbedTexts_NameOfAnEmoji_HasItsImageAmongTheNearestTen(string code, string name)
    {
        var query = model.Clip.EmbedTexts([name])[0];
        var nearest = model.Images.Zip(model.Collection, (image, pair) => (Score: TensorPrimitives.Dot(image, query), pair.Entry.Hexcode)).OrderByDescending(image => image.Score).Take(10);

        Assert.Contains(code, nearest.Select(image => image.Hexcode));
    }

    [Fact]
    public void Tokenizer_NamesInAllLanguages_HaveTheModelsVocabulary() =>
        Assert.All((string[])["Katzengesicht", "cara de gato", "tête de chat", "muso di gatto", "ネコの顔", "고양이 얼굴", "猫脸"], name => Assert.True(model.Clip.Tokenizer.Fit(name).Fits));

    private static int Nearest(float[] query, float[][] all)
    {
        var scores = Array.ConvertAll(all, vector => TensorPrimitives.Dot(query, vector));
        return Array.IndexOf(scores, scores.Max());
    }
}
