using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Classification;

public sealed class SegmentTests(TinyModels models) : IDisposable
{
    private static readonly string[] s_names = ["cat", "dog", "a boat"];

    private readonly ZeroShotClassifier _classifier = new(models.Softmax, s_names);

    public void Dispose() => _classifier.Dispose();

    [Fact]
    public void Segment_AnyImage_GivesEachPlaceItsNearestClass()
    {
        var image = TinyModels.Image(1);
        var places = models.Softmax.EmbedPlaces(image);

        var map = _classifier.Segment(image);

        Assert.Equal((places.Height, places.Width, s_names.Length), (map.Height, map.Width, map.ClassNames.Count));
        foreach (var (index, place) in places.Vectors.Index())
        {
            var similarities = Enumerable.Range(0, s_names.Length).Select(i => EmbeddingMath.CosineSimilarity(place, _classifier.Bank.GetEmbedding(i))).ToArray();
            Assert.Equal(similarities.Max(), similarities[map.Labels[index]], 1e-6f);
            Assert.Equal(s_names[map.Labels[index]], map[index / map.Width, index % map.Width]);
        }
    }

    [Fact]
    public void Resize_SameSizeAndLarger_KeepsTheLabelsInTheMiddleOfPlaces()
    {
        var map = _classifier.Segment(TinyModels.Image(2));

        Assert.Equal(map.Labels, map.Resize(map.Height, map.Width));
        // Three times as large, each place has a pixel in its very middle.
        var large = map.Resize(3 * map.Height, 3 * map.Width);
        foreach (var (index, label) in map.Labels.Index())
            Assert.Equal(label, large[((3 * (index / map.Width)) + 1) * 3 * map.Width + (3 * (index % map.Width)) + 1]);
    }

    [Fact]
    public void Segment_WrongArguments_Throws()
    {
        var map = _classifier.Segment(TinyModels.Image(1));

        Assert.Throws<ArgumentOutOfRangeException>(() => _classifier.Segment(TinyModels.Image(1), localBlocks: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => map[map.Height, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Resize(1, 0));
        _classifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _classifier.Segment(TinyModels.Image(1)));
    }
}
