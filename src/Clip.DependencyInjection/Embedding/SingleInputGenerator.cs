using Microsoft.Extensions.AI;

namespace Clip.DependencyInjection;

/// <summary>Shows one of the two inputs of a generator.</summary>
/// <typeparam name="TInput">That input.</typeparam>
/// <param name="inner">The generator.</param>
internal sealed class SingleInputGenerator<TInput>(IEmbeddingGenerator<TInput, Embedding<float>> inner) : IEmbeddingGenerator<TInput, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.GenerateAsync(values, options, cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is null && serviceType.IsInstanceOfType(this))
            return this;
        // The other input is what this object hides.
        return serviceType.IsInstanceOfType(inner) && serviceType != inner.GetType() ? null : inner.GetService(serviceType, serviceKey);
    }

    public void Dispose()
    {
    }
}
