using Clip.DependencyInjection.Tests.Support;
using Clip.Preprocessing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Clip.DependencyInjection.Tests.Embedding;

public sealed class ImageSourceGeneratorTests(TinyModel tiny)
{
    private readonly CountingLoader _loader = new(tiny.Folder);

    [Theory]
    [InlineData(null)]
    [InlineData("photos")]
    public async Task AddClip_Alone_GeneratesEmbeddingsOfImageSources(string? key)
    {
        await using var services = Containers.Create(_loader, services => _ = key is null ? services.AddClip() : services.AddKeyedClip(key));
        var generator = services.GetRequiredKeyedService<IEmbeddingGenerator<ImageSource, Embedding<float>>>(key);

        var embeddings = await generator.GenerateAsync([Image.Striped(1), Image.Striped(2)], cancellationToken: Patience.Token);

        var clip = services.GetRequiredKeyedService<ClipModel>(key);
        Assert.Equal(
            clip.EmbedImages((IEnumerable<ImageSource>)[Image.Striped(1), Image.Striped(2)]), embeddings.Select(embedding => embedding.Vector.ToArray()));
        Assert.All(embeddings, embedding => Assert.Equal("ViT-B/32", embedding.ModelId));
        Assert.Equal(TinyClip.EmbeddingSize, generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelDimensions);
    }

    [Fact]
    public async Task AddClip_Alone_LeavesTextsToOtherGenerators()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());

        Assert.Null(services.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Null(services.GetService<IEmbeddingGenerator>());
    }

    [Fact]
    public async Task GenerateAsync_Null_IsNamed()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());
        var generator = services.GetRequiredService<ClipEmbeddingGenerator>();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([ImageSource.FromBytes(Image.Striped(1)), null!]));

        Assert.StartsWith("values[1] is null.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_SameImageAgain_IsNotEmbeddedAgain()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());
        var inner = new Counting(services.GetRequiredService<IEmbeddingGenerator<ImageSource, Embedding<float>>>());
        using var cached = Cached(inner);

        var first = await cached.GenerateAsync([ImageSource.FromBytes(Image.Striped(1))], cancellationToken: Patience.Token);
        var again = await cached.GenerateAsync([ImageSource.FromBytes(Image.Striped(1))], cancellationToken: Patience.Token);
        var other = await cached.GenerateAsync([ImageSource.FromBytes(Image.Striped(2))], cancellationToken: Patience.Token);

        // Both images are called "(bytes)": a cache that went by names would answer the first for the second.
        Assert.Equal(2, inner.Count);
        Assert.Equal(first[0].Vector.ToArray(), again[0].Vector.ToArray());
        Assert.NotEqual(first[0].Vector.ToArray(), other[0].Vector.ToArray());
    }

    [Fact]
    public async Task Cache_Stream_IsRefusedInsteadOfMistaken()
    {
        await using var services = Containers.Create(_loader, services => services.AddClip());
        using var cached = Cached(services.GetRequiredService<IEmbeddingGenerator<ImageSource, Embedding<float>>>());
        using var stream = new MemoryStream(Image.Striped(1));

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => cached.GenerateAsync([ImageSource.FromStream(stream)]));

        Assert.Contains("hand over its bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipeline_LoggingAndOptions_WrapTheGenerator()
    {
        await using var services = Containers.Create(_loader, services => services.AddLogging().AddClip());
        using var generator = services.GetRequiredService<IEmbeddingGenerator<ImageSource, Embedding<float>>>().AsBuilder()
            .UseLogging().UseOpenTelemetry().ConfigureOptions(options => options.ModelId = "ViT-B/32").Build(services);

        Assert.Single(await generator.GenerateAsync([Image.Striped(1)], cancellationToken: Patience.Token));
        Assert.NotNull(generator.GetService<ClipModel>());
    }

    private static IEmbeddingGenerator<ImageSource, Embedding<float>> Cached(IEmbeddingGenerator<ImageSource, Embedding<float>> inner) =>
        inner.AsBuilder().UseDistributedCache(new MemoryDistributedCache(Microsoft.Extensions.Options.Options.Create(new MemoryDistributedCacheOptions()))).Build();

    private sealed class Counting(IEmbeddingGenerator<ImageSource, Embedding<float>> inner)
        : DelegatingEmbeddingGenerator<ImageSource, Embedding<float>>(inner)
    {
        public int Count { get; private set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<ImageSource> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Count++;
            return base.GenerateAsync(values, options, cancellationToken);
        }
    }
}
