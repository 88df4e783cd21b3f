using System.Net;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Clip;
using Clip.DependencyInjection.Tests.Support;
using Clip.ZeroShot;
using ImageSearch.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace ImageSearch.Tests;

/// <summary>Searches by words and images against the same computed here, labels, and maps of relevance.</summary>
public sealed class SearchTests(StripedCollection collection) : IClassFixture<StripedCollection>
{
    private const int Images = StripedCollection.Count;
    // Vectors are kept in float16.
    private const double Tolerance = 2e-3;

    private readonly Guid[] _ids = collection.Ids;
    private readonly ImageSearchHost _host = collection.Host;
    private readonly ClipModel _model = collection.Model;
    private readonly float[][] _vectors = collection.Vectors;

    [Fact]
    public async Task Search_Words_TheClosestFirst() => await RequireAsync("text=a+photo", Text("a photo"));

    [Fact]
    public async Task Search_WordsMinusWords_TheClosestToTheDifference() =>
        await RequireAsync("text=a+photo&minus=the+phone", Sum((Text("a photo"), 1), (Text("the phone"), -1)));

    [Fact]
    public async Task Search_OnlyMinus_TheFarthestFirst() => await RequireAsync("minus=a+photo", Sum((Text("a photo"), -1)));

    [Fact]
    public async Task Search_Like_ItsNeighborsWithoutItself() => await RequireAsync($"like={_ids[3]}", _vectors[3], without: 3);

    [Fact]
    public async Task Search_WordsAndImage_TheClosestToBoth() =>
        await RequireAsync($"text=a+photo&like={_ids[3]}&weight=0.25", Sum((Text("a photo"), 0.75f), (_vectors[3], 0.25f)), without: 3);

    [Fact]
    public async Task Search_UploadedImage_ItselfFirst()
    {
        var answer = await _host.PostAsync("/api/search?top=3", Body(Image.Striped(5)));

        Assert.Equal(_ids[5], (Guid)answer["results"]![0]!["image"]!["id"]!);
        Assert.Equal(1, (double)answer["results"]![0]!["score"]!, Tolerance);
        Assert.Equal(3, answer["results"]!.AsArray().Count);
    }

    [Fact]
    public async Task Search_SkipAndTop_IsTheMiddleOfAll()
    {
        var all = await _host.SearchAsync($"text=a&like={_ids[0]}&top=20");

        Assert.Equal(all[5..12], await _host.SearchAsync($"text=a&like={_ids[0]}&skip=5&top=7"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "empty")]
    [InlineData("text=%20", HttpStatusCode.BadRequest, "empty")]
    [InlineData("text=a&minus=a", HttpStatusCode.BadRequest, "nothing is left")]
    [InlineData("text=a&weight=2", HttpStatusCode.BadRequest, "weight")]
    [InlineData("text=a&weight=NaN", HttpStatusCode.BadRequest, "weight")]
    [InlineData("text=a&top=1000", HttpStatusCode.BadRequest, "top")]
    [InlineData("text=a&skip=-1", HttpStatusCode.BadRequest, "skip")]
    [InlineData("like=00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound, "no image")]
    public async Task Search_CallersMistake_SaysWhat(string query, HttpStatusCode status, string says)
    {
        using var response = await _host.Client.GetAsync($"/api/search?{query}");

        await RequireProblemAsync(response, status, says);
        _host.RequireCleanLog();
    }

    [Fact]
    public async Task Search_TextTooLong_SaysSo()
    {
        await RequireProblemAsync(await _host.Client.GetAsync($"/api/search?text={new string('a', 2001)}"), HttpStatusCode.BadRequest, "2000");
        await RequireProblemAsync(await _host.Client.GetAsync($"/api/search?text={new string('山', 2000)}&minus={new string('川', 2000)}"), HttpStatusCode.BadRequest, "token");
        // Within the limit, and more than the model's context.
        await RequireProblemAsync(await _host.Client.GetAsync($"/api/search?text={new string('x', 200)}"), HttpStatusCode.BadRequest, "token");
    }

    [Fact]
    public async Task Classify_Labels_AsAClassifierOfEachImage()
    {
        using var classifier = new ZeroShotClassifier(_model, ["fern", "moss", "tree"], PromptTemplates.Of("a {}"));
        var expected = Enumerable.Range(0, Images).GroupBy(i => classifier.Classify(_vectors[i], 1)[0].Index).ToDictionary(group => group.Key, group => group.Count());

        var answer = await _host.PostJsonAsync("/api/classify", new { labels = new[] { "fern", "moss", "tree" }, templates = new[] { "a {}" }, top = 5 });

        Assert.Equal((Images, Images), ((int)answer["classified"]!, (int)answer["total"]!));
        var labels = answer["labels"]!.AsArray();
        Assert.Equal(["fern", "moss", "tree"], labels.Select(label => (string)label!["label"]!));
        Assert.Equal(Enumerable.Range(0, 3).Select(i => expected.GetValueOrDefault(i)), labels.Select(label => (int)label!["count"]!));
        Assert.All(labels, label =>
        {
            var best = label!["best"]!.AsArray().Select(image => (float)image!["probability"]!).ToArray();
            Assert.Equal(Math.Min(5, (int)label["count"]!), best.Length);
            Assert.Equal(best.OrderDescending(), best);
        });
    }

    [Theory]
    [InlineData("{}", "2 are needed")]
    [InlineData("""{ "labels": ["fern"] }""", "2 are needed")]
    [InlineData("""{ "labels": ["fern", "moss"], "templates": ["no place"] }""", "{}")]
    [InlineData("""{ "labels": ["fern", "moss"], "top": 0 }""", "top")]
    [InlineData("""{ "labels": 3 }""", "JSON")]
    [InlineData("null", "null")]
    public async Task Classify_CallersMistake_SaysWhat(string body, string says)
    {
        using var response = await _host.Client.PostAsync("/api/classify", new StringContent(body, null, "application/json"));

        await RequireProblemAsync(response, HttpStatusCode.BadRequest, says);
        _host.RequireCleanLog();
    }

    [Fact]
    public async Task Explanation_Words_AreThePngOfTheModel()
    {
        var png = await _host.Client.GetByteArrayAsync($"/api/images/{_ids[2]}/explanation?text=a+photo");

        var options = new ExplanationOptions { Method = ExplanationMethod.Occlusion, Cells = 12 };
        Assert.Equal(_model.Explain(Image.Striped(2), "a photo", options).ToPng(), png);
        await RequireProblemAsync(await _host.Client.GetAsync($"/api/images/{_ids[2]}/explanation?text="), HttpStatusCode.BadRequest, "empty");
    }

    [Fact]
    public async Task Search_WhileImagesComeAndGo_SeesWholeImages()
    {
        using var end = new CancellationTokenSource();
        var searching = Enumerable.Range(0, 3).Select(async worker =>
        {
            var searches = 0;
            for (; !end.IsCancellationRequested; searches++)
                Assert.True((await _host.SearchAsync($"like={_ids[worker]}&top=100")).Length >= Images - 1);
            return searches;
        }).ToArray();

        for (var round = 0; round < 5; round++)
        {
            var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _host.AddAsync(Image.Striped(1000 + i), "guest")));
            var answers = await Task.WhenAll(added.Select(id => _host.Client.DeleteAsync($"/api/images/{id}")));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        }
        await end.CancelAsync();

        Assert.All(await Task.WhenAll(searching), count => Assert.True(count > 0));
        Assert.Equal(Images, await _host.CountAsync());
        _host.RequireCleanLog();
    }

    private float[] Text(string text) => _model.EmbedText(text);

    private static float[] Sum(params (float[] Vector, float Weight)[] parts)
    {
        var sum = new float[parts[0].Vector.Length];
        foreach (var (vector, weight) in parts)
        {
            for (var i = 0; i < sum.Length; i++)
                sum[i] += weight * vector[i];
        }
        // A difference of texts is scaled to unit length before it meets an image.
        TensorPrimitives.Divide(sum, TensorPrimitives.Norm<float>(sum), sum);
        return sum;
    }

    // Images whose cosines are closer than the rounding of the store may change places.
    private async Task RequireAsync(string query, float[] vector, int? without = null)
    {
        var answer = await _host.GetJsonAsync($"/api/search?{query}");

        var results = answer["results"]!.AsArray();
        var cosines = _ids.Index().Where(image => image.Index != without).ToDictionary(image => image.Item, image => TensorPrimitives.CosineSimilarity<float>(_vectors[image.Index], vector));
        Assert.Equal(cosines.Keys.Order(), results.Select(Id).Order());
        Assert.All(results.Zip(cosines.Values.OrderDescending()), pair =>
        {
            Assert.Equal(cosines[Id(pair.First)], (double)pair.First!["score"]!, Tolerance);
            Assert.Equal(pair.Second, (double)pair.First["score"]!, Tolerance);
        });
    }

    private static Guid Id(JsonNode? result) => (Guid)result!["image"]!["id"]!;
}
