// curl --data-binary @photo.jpg localhost:5000/classify
// curl --json '["a cat", "a dog"]' localhost:5000/embed
using Clip.DependencyInjection;
using Clip.Preprocessing;
using Clip.ZeroShot;

const int MostImageBytes = 20 * 1024 * 1024;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = MostImageBytes);
builder.Services.AddClip(builder.Configuration.GetSection("Clip"))
    .AddZeroShotClassifier("labels", builder.Configuration.GetSection("Labels").Get<string[]>() ?? [], PromptTemplates.None)
    .AddEmbeddingGenerator()
    .WarmUp();                                                        // the model is loaded before the first request
var app = builder.Build();

app.MapPost("/classify", async (HttpRequest request, [FromKeyedServices("labels")] ImageClassifier classifier, CancellationToken cancellationToken) =>
{
    using var image = new MemoryStream();
    await request.Body.CopyToAsync(image, cancellationToken);
    try
    {
        var predictions = await classifier.ClassifyAsync(image.ToArray(), cancellationToken: cancellationToken);
        return Results.Ok(predictions.Select(prediction => new { Label = prediction.ClassName, prediction.Probability }));
    }
    catch (ImageDecodingException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});

app.MapPost("/embed", async (string[] texts, ClipEmbeddingGenerator generator, CancellationToken cancellationToken) =>
    (await generator.GenerateAsync(texts, cancellationToken: cancellationToken)).Select(embedding => embedding.Vector));

app.Run();
