using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Clip;
using Clip.DependencyInjection.Tests.Support;
using Clip.ZeroShot;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WebApi.Tests.Support;
using static WebApi.Tests.Support.Answers;

namespace WebApi.Tests;

/// <summary>The sample's application over HTTP.</summary>
public sealed class WebApiTests(WebApiHost host) : IClassFixture<WebApiHost>
{
    private readonly HttpClient _client = host.Client;

    [Fact]
    public async Task Classify_ImageAsBody_AnswersTheConfiguredLabels()
    {
        var answer = await PostAsync("/classify?top=2", Body(Image.Striped(1)));

        Assert.Equal(Expected(ConfiguredLabels, top: 2), Labels(answer));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    [InlineData("image/bmp")]
    public async Task Classify_AnyTypeOfBody_IsTheImage(string type)
    {
        var body = Body(Image.Striped(1));
        body.Headers.ContentType = new MediaTypeHeaderValue(type);

        Assert.Equal(Expected(ConfiguredLabels, top: 5), Labels(await PostAsync("/classify", body)));
    }

    [Fact]
    public async Task Classify_LabelsInTheQuery_AnswersThose()
    {
        var answer = await PostAsync("/classify?labels=fern,moss&labels=tree", Body(Image.Striped(1)));

        Assert.Equal(Expected(["fern", "moss", "tree"], top: 5), Labels(answer));
    }

    [Fact]
    public async Task Classify_Form_AnswersItsLabels()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Image.Striped(1)), "image", "photo.bmp" },
            { new StringContent("fern"), "labels" },
            { new StringContent("moss, tree"), "labels" },
        };

        var answer = await PostAsync("/classify", form);

        Assert.Equal(Expected(["fern", "moss", "tree"], top: 5), Labels(answer));
    }

    [Fact]
    public async Task Embed_Image_AnswersItsVector()
    {
        var answer = await PostAsync("/embed", Body(Image.Striped(1)));

        var vector = Assert.Single(answer["embeddings"]!.AsArray())!.AsArray().Select(value => (float)value!);
        Assert.Equal(Model.EmbedImage(Image.Striped(1)), vector);
    }

    [Fact]
    public async Task Embed_Texts_AnswersTheirVectors()
    {
        var answer = await PostAsync("/embed", JsonContent.Create((string[])["a cat", "a dog"]));

        Assert.Equal(
            Model.EmbedTexts(["a cat", "a dog"]),
            answer["embeddings"]!.AsArray().Select(vector => vector!.AsArray().Select(value => (float)value!).ToArray()));
    }

    [Fact]
    public async Task Health_Loaded_IsReady()
    {
        Assert.Equal("Healthy", await _client.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await _client.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task Classify_ManyAtOnce_AnswersAllAlike()
    {
        var expected = Expected(ConfiguredLabels, top: 5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => PostAsync("/classify", Body(Image.Striped(1)))));

        Assert.All(answers, answer => Assert.Equal(expected, Labels(answer)));
    }

    private ClipModel Model => host.Services.GetRequiredService<ClipModel>();

    private string[] ConfiguredLabels => host.Configuration.GetSection("Labels").Get<string[]>()!;

    private static IEnumerable<(string, float)> Labels(JsonNode answer) =>
        answer["labels"]!.AsArray().Select(label => ((string)label!["label"]!, (float)label["probability"]!));

    private IEnumerable<(string, float)> Expected(string[] labels, int top)
    {
        using var classifier = new ZeroShotClassifier(Model, labels, PromptTemplates.None);
        return classifier.Classify(Image.Striped(1), top).Select(prediction => (prediction.ClassName, prediction.Probability)).ToList();
    }

    private async Task<JsonNode> PostAsync(string path, HttpContent content)
    {
        using var response = await _client.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
