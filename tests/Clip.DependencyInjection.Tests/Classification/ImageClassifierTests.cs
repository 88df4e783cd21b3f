using Clip.DependencyInjection.Tests.Support;
using Clip.Preprocessing;
using Clip.ZeroShot;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Classification;

public sealed class ImageClassifierTests(TinyModel tiny)
{
    private readonly CountingLoader _loader = new(tiny.Folder);

    [Fact]
    public async Task ClassifyAsync_Image_IsTheClassifiersAnswer()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip()
            .AddZeroShotClassifier("animals", ["cat", "dog", "bird"], PromptTemplates.Simple));
        var classifier = services.GetRequiredKeyedService<ImageClassifier>("animals");

        var predictions = await classifier.ClassifyAsync(Image.Striped(1), top: 2);

        using var expected = new ZeroShotClassifier(services.GetRequiredService<ClipModel>(), ["cat", "dog", "bird"], PromptTemplates.Simple);
        Assert.Equal(expected.Classify(Image.Striped(1), top: 2), predictions);
        Assert.Equal(2, predictions.Count);
        Assert.Equal("animals", classifier.Name);
    }

    [Fact]
    public async Task ClassifyAsync_Images_AreAnsweredInTheirOrder()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier("animals", ["cat", "dog", "bird"]));
        var classifier = services.GetRequiredKeyedService<ImageClassifier>("animals");
        ImageSource[] images = [.. Enumerable.Range(0, 5).Select(seed => (ImageSource)Image.Striped(seed))];

        var predictions = await classifier.ClassifyAsync(images);

        Assert.Equal(5, predictions.Length);
        Assert.Equal((await classifier.GetAsync()).Classify(images), predictions);
    }

    [Fact]
    public async Task ClassifyAsync_64CallersAtOnce_BuildOnce()
    {
        var built = 0;
        await using var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier("animals", (clip, token) =>
        {
            Interlocked.Increment(ref built);
            return new ZeroShotClassifier(clip, ["cat", "dog"], cancellationToken: token);
        }));
        var classifier = services.GetRequiredKeyedService<ImageClassifier>("animals");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => classifier.ClassifyAsync(Image.Striped(1)))));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal((1, 1), (built, _loader.Downloads));
    }

    [Fact]
    public async Task ClassifyAsync_OwnFactory_KeepsItsThreshold()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier(
            "strict", (clip, token) => new ZeroShotClassifier(clip, ["cat", "dog"], cancellationToken: token) { MinSimilarity = 1 }));

        Assert.Empty(await services.GetRequiredKeyedService<ImageClassifier>("strict").ClassifyAsync(Image.Striped(1)));
    }

    [Fact]
    public async Task ClassifyAsync_BrokenImage_IsTheClassifiersError()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier("animals", ["cat", "dog"]));

        var error = await Assert.ThrowsAsync<ImageDecodingException>(
            () => services.GetRequiredKeyedService<ImageClassifier>("animals").ClassifyAsync(ImageSource.FromBytes(new byte[3], "upload")));

        Assert.Equal("upload", error.SourceName);
    }

    [Fact]
    public async Task ClassifyAsync_BuildingFails_NextCallTriesAgain()
    {
        var attempts = 0;
        await using var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier(
            "animals", (clip, _) => ++attempts == 1 ? throw new IOException("no bank") : new ZeroShotClassifier(clip, ["cat", "dog"])));
        var classifier = services.GetRequiredKeyedService<ImageClassifier>("animals");

        await Assert.ThrowsAsync<IOException>(() => classifier.ClassifyAsync(Image.Striped(1)));
        Assert.Equal(LoadState.Failed, classifier.State);

        Assert.Equal(2, (await classifier.ClassifyAsync(Image.Striped(1))).Count);
        Assert.Equal(LoadState.Loaded, classifier.State);
    }

    [Fact]
    public async Task KeyedModels_EachHasItsClassifiers()
    {
        await using var services = Containers.Create(_loader, services =>
        {
            services.AddKeyedClip("small", options => options.Model = "org/small").AddZeroShotClassifier("animals", ["cat", "dog"]);
            services.AddKeyedClip("large", options => options.Model = "org/large").AddZeroShotClassifier("plants", ["fern", "moss"]);
        });

        var plants = await services.GetRequiredKeyedService<ImageClassifier>("plants").GetAsync();

        Assert.Equal("org/large", Assert.Single(_loader.Requests).Source);
        Assert.Equal(["fern", "moss"], plants.ClassNames);
        Assert.Same(await services.GetRequiredKeyedService<IClipModelProvider>("large").GetAsync(), plants.Model);
    }

    [Fact]
    public async Task Resolve_ZeroShotClassifier_LocalModel_IsBuiltOnce()
    {
        await using var services = Containers.Create(_loader, services =>
            services.AddClip(options => options.Model = tiny.Folder).AddZeroShotClassifier("animals", ["cat", "dog"]));

        var classifier = services.GetRequiredKeyedService<ZeroShotClassifier>("animals");

        Assert.Same(classifier, await services.GetRequiredKeyedService<ImageClassifier>("animals").GetAsync());
        Assert.Equal((0, 1), (_loader.Downloads, _loader.LocalLoads));
    }

    [Fact]
    public async Task DisposeAsync_Container_DisposesTheClassifier()
    {
        ZeroShotClassifier classifier;
        await using (var services = Containers.Create(_loader, services => services.AddClip().AddZeroShotClassifier("animals", ["cat", "dog"])))
            classifier = await services.GetRequiredKeyedService<ImageClassifier>("animals").GetAsync();

        Assert.Throws<ObjectDisposedException>(() => classifier.Classify(Image.Striped(1)));
    }
}
