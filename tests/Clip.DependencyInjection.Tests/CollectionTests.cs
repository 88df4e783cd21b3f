using System.Runtime.CompilerServices;
using Clip.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests;

/// <summary>Containers and generators that nobody has disposed.</summary>
public sealed class CollectionTests(TinyModel tiny)
{
    [Fact]
    public async Task Container_NotDisposed_IsCollectedWithItsModels()
    {
        foreach (var part in await UseContainer())
            await Unreachable.CollectAsync(part);
    }

    [Fact]
    public async Task ContainerWhoseLoadHasFailed_NotDisposed_IsCollected() => await Unreachable.CollectAsync(await FailToLoad());

    [Fact]
    public async Task Generator_NotDisposed_IsCollectedWithItsModel()
    {
        foreach (var part in await UseGenerator())
            await Unreachable.CollectAsync(part);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference[]> UseContainer()
    {
        var services = Containers.Create(new CountingLoader(tiny.Folder), services =>
        {
            services.AddMetrics();
            services.AddClip().AddEmbeddingGenerator().AddZeroShotClassifier("animals", ["cat", "dog"]);
            services.AddKeyedClip("other");
        });
        var clip = await services.GetRequiredService<IClipModelProvider>().GetAsync();
        var classifier = services.GetRequiredKeyedService<ImageClassifier>("animals");
        await classifier.ClassifyAsync(Image.Striped(1));
        var other = await services.GetRequiredKeyedService<IClipModelProvider>("other").GetAsync();
        return [new(services), new(clip), new(classifier), new(other)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> FailToLoad()
    {
        var loader = new CountingLoader(tiny.Folder) { Failure = () => new IOException("no way") };
        var services = Containers.Create(loader, services => services.AddClip());
        await Assert.ThrowsAsync<IOException>(() => services.GetRequiredService<IClipModelProvider>().GetAsync());
        return new WeakReference(services);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference[]> UseGenerator()
    {
        var clip = tiny.Load();
        var generator = new ClipEmbeddingGenerator(clip);
        await generator.GenerateAsync(["a cat"]);
        return [new(clip), new(generator)];
    }
}
