using System.Diagnostics;
using Clip.DependencyInjection.Tests.Support;
using Clip.Preprocessing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Embedding;

public sealed class ClipEmbeddingGeneratorTests(TinyModel tiny) : IDisposable
{
    private readonly ClipModel _clip = tiny.Load();
    private readonly CountingLoader _loader = new(tiny.Folder);

    public void Dispose() => _clip.Dispose();

    [Fact]
    public async Task GenerateAsync_Texts_AreTheModelsVectors()
    {
        var generator = new ClipEmbeddingGenerator(_clip);
        string[] texts = ["a cat", "a dog", "a cat"];

        var embeddings = await generator.GenerateAsync(texts);

        Assert.Equal(_clip.EmbedTexts(texts), embeddings.Select(embedding => embedding.Vector.ToArray()));
        Assert.All(embeddings, embedding => Assert.Equal(tiny.Folder, embedding.ModelId));
        Assert.All(embeddings, embedding => Assert.NotNull(embedding.CreatedAt));
    }

    [Fact]
    public async Task GenerateAsync_Texts_CountsTheirTokens()
    {
        // The vocabulary has single letters: four tokens each.
        var usage = (await new ClipEmbeddingGenerator(_clip).GenerateAsync(["a cat", "a dog"])).Usage!;

        Assert.Equal((8, 8, null), (usage.InputTokenCount, usage.TotalTokenCount, usage.OutputTokenCount));
    }

    [Fact]
    public async Task GenerateAsync_Images_AreTheModelsVectors()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        var embeddings = await generator.GenerateAsync([Image.Content(1), Image.Content(2)]);

        Assert.Equal(
            _clip.EmbedImages((IEnumerable<ImageSource>)[Image.Striped(1), Image.Striped(2)]),
            embeddings.Select(embedding => embedding.Vector.ToArray()));
        Assert.Null(embeddings.Usage);
    }

    [Fact]
    public async Task GenerateAsync_DataUri_IsAImage()
    {
        var content = new DataContent($"data:image/bmp;base64,{Convert.ToBase64String(Image.Striped(1))}");

        var embedding = await new ClipEmbeddingGenerator(_clip).GenerateAsync(content);

        Assert.Equal(_clip.EmbedImage(Image.Striped(1)), embedding.Vector.ToArray());
    }

    [Fact]
    public async Task GenerateAsync_Nothing_IsNothing()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        Assert.Empty(await generator.GenerateAsync(Array.Empty<string>()));
        Assert.Empty(await generator.GenerateAsync(Array.Empty<DataContent>()));
    }

    [Fact]
    public async Task GenerateAsync_64CallersAtOnce_GetWhatOneGets()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddEmbeddingGenerator());
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();
        var texts = Enumerable.Range(0, 64).Select(index => $"a photo of thing {index}").ToArray();
        var images = Enumerable.Range(0, 64).Select(index => Image.Content(index)).ToArray();

        var texted = Task.WhenAll(texts.Select(text => Task.Run(() => generator.GenerateAsync(text))));
        var pictured = Task.WhenAll(images.Select(image => Task.Run(() => generator.GenerateAsync(image))));

        Assert.Equal(texts.Select(text => _clip.EmbedText(text)), (await texted).Select(embedding => embedding.Vector.ToArray()));
        Assert.Equal(images.Select(image => _clip.EmbedImage(image.Data)), (await pictured).Select(embedding => embedding.Vector.ToArray()));
        Assert.Equal(1, _loader.Downloads);
    }

    [Fact]
    public async Task GenerateAsync_OtherDimensions_AreRefused()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        Assert.Single(await generator.GenerateAsync(["a cat"], new EmbeddingGenerationOptions { Dimensions = TinyClip.EmbeddingSize }));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a cat"], new EmbeddingGenerationOptions { Dimensions = 8 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([Image.Content(1)], new EmbeddingGenerationOptions { Dimensions = 8 }));

        Assert.StartsWith($"Embeddings of this model have {TinyClip.EmbeddingSize} dimensions, and the options ask for 8; leave Dimensions out.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_OtherModel_IsRefusedBeforeLoading()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddEmbeddingGenerator());
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a cat"], new EmbeddingGenerationOptions { ModelId = "ViT-L/14" }));

        Assert.StartsWith("This generator has the model 'ViT-B/32', and the options ask for 'ViT-L/14'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _loader.Downloads);
        Assert.Single(await generator.GenerateAsync(["a cat"], new EmbeddingGenerationOptions { ModelId = "ViT-B/32" }));
    }

    [Fact]
    public async Task GenerateAsync_Options_AreNotChanged()
    {
        var options = new EmbeddingGenerationOptions { Dimensions = TinyClip.EmbeddingSize, AdditionalProperties = new() { ["key"] = "value" } };

        await new ClipEmbeddingGenerator(_clip).GenerateAsync(["a cat"], options);

        Assert.Equal((TinyClip.EmbeddingSize, null, 1), (options.Dimensions, options.ModelId, options.AdditionalProperties.Count));
    }

    [Fact]
    public async Task GenerateAsync_NoImage_IsRefusedWithItsMediaType()
    {
        var generator = new ClipEmbeddingGenerator(_clip);
        DataContent[] values = [Image.Content(1), new("%PDF"u8.ToArray(), "application/pdf")];

        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(values));

        Assert.StartsWith("values[1] is application/pdf, and images are image/*", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "values[1]")]
    [InlineData("holiday.jpg", "values[1] (holiday.jpg)")]
    public async Task GenerateAsync_BrokenImage_IsNamed(string? name, string called)
    {
        var generator = new ClipEmbeddingGenerator(_clip);
        DataContent[] values = [Image.Content(1), new(new byte[] { 1, 2, 3 }, "image/png") { Name = name }];

        var error = await Assert.ThrowsAsync<ImageDecodingException>(() => generator.GenerateAsync(values));

        Assert.Equal(called, error.SourceName);
        Assert.Contains(called, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_Null_IsNamed()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        var text = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a cat", null!]));
        var image = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([Image.Content(1), null!]));

        Assert.StartsWith("values[1] is null.", text.Message, StringComparison.Ordinal);
        Assert.StartsWith("values[1] is null.", image.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync((IEnumerable<string>)null!));
    }

    [Fact]
    public async Task GenerateAsync_LongText_IsTheModelsError()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a cat", new string('x', 200)]));
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        _loader.Gate = new TaskCompletionSource();
        await using var services = Containers.Create(_loader, services => services.AddClip().AddEmbeddingGenerator());

        var waiting = services.GetRequiredService<ClipEmbeddingGenerator>().GenerateAsync(["a cat"], cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithinLimit());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ClipEmbeddingGenerator(_clip).GenerateAsync(["a cat"], cancellationToken: cancellation.Token));
    }

    [Fact]
    public async Task GenerateAsync_LoadedModel_DoesNotComputeOnTheCallersThread()
    {
        var caller = Environment.CurrentManagedThreadId;
        var computing = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClipTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ => computing = Environment.CurrentManagedThreadId,
        };
        ActivitySource.AddActivityListener(listener);

        // The caller's thread is busy here, not awaiting: nobody can compute on it.
        var generating = new ClipEmbeddingGenerator(_clip).GenerateAsync(["a cat"]);
        Assert.True(SpinWait.SpinUntil(() => generating.IsCompleted, Patience.Limit));

        Assert.Single(await generating);
        Assert.NotEqual(0, computing);
        Assert.NotEqual(caller, computing);
    }

    [Fact]
    public async Task GetService_Metadata_KnowsDimensionsOnceLoaded()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddEmbeddingGenerator());
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        var before = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Null(generator.GetService<ClipModel>());
        await generator.GenerateAsync("a cat");
        var after = generator.GetRequiredService<EmbeddingGeneratorMetadata>();

        Assert.Equal(("clip", "ViT-B/32", null), (before.ProviderName, before.DefaultModelId, before.DefaultModelDimensions));
        Assert.Equal(("clip", "ViT-B/32", TinyClip.EmbeddingSize), (after.ProviderName, after.DefaultModelId, after.DefaultModelDimensions));
        Assert.Same(services.GetRequiredService<ClipModel>(), generator.GetService<ClipModel>());
    }

    [Fact]
    public void GetService_Types_AreWhatTheObjectIs()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)));
        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<DataContent, Embedding<float>>)));
        Assert.Same(generator, generator.GetService(typeof(ClipEmbeddingGenerator)));
        Assert.Same(_clip, generator.GetService(typeof(ClipModel)));
        Assert.NotNull(generator.GetService(typeof(IClipModelProvider)));
        Assert.Null(generator.GetService(typeof(string)));
        Assert.Null(generator.GetService(typeof(ClipModel), "key"));
    }

    [Fact]
    public async Task ImagesOnly_IsNoGeneratorOfTexts()
    {
        var generator = new ClipEmbeddingGenerator(_clip);

        Assert.IsNotType<IEmbeddingGenerator<string, Embedding<float>>>(generator.ImagesOnly, exactMatch: false);
        Assert.Null(generator.ImagesOnly.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)));
        Assert.Equal(TinyClip.EmbeddingSize, generator.ImagesOnly.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelDimensions);
        Assert.Equal(_clip.EmbedImage(Image.Striped(1)), (await generator.ImagesOnly.GenerateVectorAsync(Image.Content(1))).ToArray());
        Assert.Null(generator.TextsOnly.GetService(typeof(IEmbeddingGenerator<DataContent, Embedding<float>>)));
        Assert.Equal(_clip.EmbedText("a cat"), (await generator.TextsOnly.GenerateVectorAsync("a cat")).ToArray());
    }

    [Fact]
    public async Task Dispose_Generator_LeavesTheModel()
    {
        using (var generator = new ClipEmbeddingGenerator(_clip))
            await generator.GenerateAsync("a cat");

        Assert.Equal(TinyClip.EmbeddingSize, _clip.EmbedText("a cat").Length);
    }

    [Fact]
    public async Task Pipeline_OfTheLibrary_WrapsTheGenerator()
    {
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddKeyedClip("clip").AddEmbeddingGenerator();
            services.AddEmbeddingGenerator(provider => provider.GetRequiredKeyedService<ClipEmbeddingGenerator>("clip").TextsOnly)
                .Use((inner, _) => inner.AsBuilder().ConfigureOptions(options => options.ModelId = "ViT-B/32").Build());
        });

        var embedding = await services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync("a cat");

        Assert.Equal(_clip.EmbedText("a cat"), embedding.Vector.ToArray());
    }
}
