using System.Numerics.Tensors;
using Clip.Shared.Search;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.Shared.VectorStores;

/// <summary>The vectors of records and of queries, given or embedded by the collection's generator.</summary>
internal static class StoreVectors
{
    /// <summary>The vector that a query is.</summary>
    /// <param name="property">What is searched.</param>
    /// <param name="query">A vector, or what the property's generator embeds.</param>
    /// <param name="cancellationToken">Passed on to the generator.</param>
    /// <exception cref="InvalidOperationException">It is no vector, and nothing embeds it.</exception>
    /// <exception cref="ArgumentException">It has another length, or cannot be compared.</exception>
    public static async Task<float[]> OfQueryAsync(VectorPropertyModel property, object query, CancellationToken cancellationToken)
    {
        var vector = Of(query) ?? (property.EmbeddingGenerationDispatcher is { } dispatcher
            ? ((Embedding<float>)await dispatcher.GenerateEmbeddingAsync(property, query, cancellationToken).ConfigureAwait(false)).Vector
            : throw new InvalidOperationException(VectorDataStrings.InvalidSearchInputAndNoEmbeddingGeneratorWasConfigured(
                query.GetType(), "ReadOnlyMemory<float>, float[], Embedding<float>")));
        Require(property, vector, "The query");
        return vector.ToArray();
    }

    /// <summary>The vectors of records, one list for each vector property in the model's order; null where a record has none.</summary>
    /// <param name="model">The properties.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Passed on to the generator.</param>
    /// <exception cref="ArgumentException">One has another length, or cannot be compared.</exception>
    public static async Task<ReadOnlyMemory<float>?[][]> OfRecordsAsync(CollectionModel model, IReadOnlyList<object> records, CancellationToken cancellationToken)
    {
        var all = new ReadOnlyMemory<float>?[model.VectorProperties.Count][];
        foreach (var (place, property) in model.VectorProperties.Index())
        {
            var values = records.Select(property.GetValueAsObject).ToArray();
            all[place] = StoreModelBuilder.IsVector(property.Type)
                ? [.. values.Select(Of)]
                : await EmbedAsync(property, values, cancellationToken).ConfigureAwait(false);
            foreach (var (record, vector) in all[place].Index())
            {
                if (vector is { } given)
                    Require(property, given, $"'{property.ModelName}' of record {record}");
            }
        }
        return all;
    }

    /// <summary>A vector as a property's type has it.</summary>
    /// <param name="property">The property.</param>
    /// <param name="vector">The vector.</param>
    public static object As(VectorPropertyModel property, float[] vector) =>
        property.Type == typeof(float[]) ? vector : property.Type == typeof(Embedding<float>) ? new Embedding<float>(vector) : (ReadOnlyMemory<float>)vector;

    private static ReadOnlyMemory<float>? Of(object? value) => value switch
    {
        ReadOnlyMemory<float> memory => memory,
        float[] array => array.AsMemory(),
        Embedding<float> embedding => embedding.Vector,
        // Null would become an empty array's memory.
        _ => default(ReadOnlyMemory<float>?),
    };

    // What has no value has no vector, and is not shown to the generator.
    private static async Task<ReadOnlyMemory<float>?[]> EmbedAsync(VectorPropertyModel property, object?[] values, CancellationToken cancellationToken)
    {
        var given = values.Index().Where(value => value.Item is not null).ToArray();
        var vectors = new ReadOnlyMemory<float>?[values.Length];
        if (given.Length == 0)
            return vectors;
        var embedded = await property.GenerateEmbeddingsAsync(given.Select(value => value.Item), cancellationToken).ConfigureAwait(false);
        foreach (var (value, embedding) in given.Zip(embedded))
            vectors[value.Index] = ((Embedding<float>)embedding).Vector;
        return vectors;
    }

    private static void Require(VectorPropertyModel property, ReadOnlyMemory<float> vector, string what)
    {
        if (vector.Length != property.Dimensions)
            throw new ArgumentException($"{what} has {vector.Length} numbers; '{property.ModelName}' has {property.Dimensions}.");
        var norm = TensorPrimitives.Norm(vector.Span);
        if (!float.IsFinite(norm))
            throw new ArgumentException($"{what} has numbers that are not finite, or too large to be compared.");
        if (norm == 0 && StoreDistance.Of(property).Metric == VectorMetric.Cosine)
            throw new ArgumentException($"{what} is all zeros, which has no cosine with anything.");
    }
}
