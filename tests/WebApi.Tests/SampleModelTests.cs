using System.Text.Json.Nodes;
using Clip.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using static WebApi.Tests.Support.Answers;

namespace WebApi.Tests;

/// <summary>The sample as it is, with the model that comes with it.</summary>
public sealed class SampleModelTests
{
    [Fact]
    public async Task Classify_SampleImage_AnswersWhatItShows()
    {
        await using var app = Application.Build(["--urls", "http://127.0.0.1:0", "--Clip:Device", "cpu", "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync();
        await app.Services.GetRequiredKeyedService<ImageClassifier>(Application.DefaultLabels).GetAsync().WithinLimit();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var image = await File.ReadAllBytesAsync(Path.Combine(Fixtures.Repository, "samples", "QuickStart", "pictures", "02.png"));

        using var response = await client.PostAsync("/classify?top=1", Body(image));

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("a purple circle", (string)answer["labels"]![0]!["label"]!);
        await app.StopAsync();
    }
}
