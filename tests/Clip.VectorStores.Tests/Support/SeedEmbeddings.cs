using System.Globalization;
using Microsoft.Extensions.AI;

namespace Clip.VectorStores.Tests.Support;

/// <summary>Embeds numbers, as the vectors that they are seeds of.</summary>
public sealed class SeedEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value => new Embedding<float>(Photos.Vector(int.Parse(value, CultureInfo.InvariantCulture))))));

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
