#pragma warning disable MEVD9000, MEVD9001 // The services for connectors, which this is one of.
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>A vector store's collection in memory that embeds as connectors do, with the services of the abstractions.</summary>
/// <param name="generator">The embedding generator that an application configures.</param>
/// <param name="definition">The records' properties, where attributes do not say all.</param>
internal sealed class InMemoryCollection<TRecord>(IEmbeddingGenerator generator, VectorStoreCollectionDefinition? definition = null)
    : VectorStoreCollection<int, TRecord>
    where TRecord : class
{
    private readonly CollectionModel _model = new Builder().Build(typeof(TRecord), typeof(int), definition, generator);
    private readonly Dictionary<int, (TRecord Record, ReadOnlyMemory<float> Vector)> _records = [];

    public override string Name => "images";

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        _records.Clear();
        return Task.CompletedTask;
    }

    public override Task<TRecord?> GetAsync(int key, RecordRetrievalOptions? options = default, CancellationToken cancellationToken = default) =>
        Task.FromResult(_records.TryGetValue(key, out var found) ? found.Record : null);

    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default) =>
        _records.Values.Select(item => item.Record).Where(filter.Compile()).Take(top).ToAsyncEnumerable();

    public override Task DeleteAsync(int key, CancellationToken cancellationToken = default)
    {
        _records.Remove(key);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default) => UpsertAsync([record], cancellationToken);

    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        var list = records.ToList();
        var property = _model.VectorProperty;
        // A property of a type that is no vector is embedded by the store, all records at once.
        var vectors = IsVector(property.Type)
            ? list.Select(record => property.GetValueAsObject(record) is Embedding<float> embedding
                ? embedding.Vector
                : (ReadOnlyMemory<float>)property.GetValueAsObject(record)!)
            : (await property.GenerateEmbeddingsAsync(list.Select(property.GetValueAsObject), cancellationToken)).Select(embedding => ((Embedding<float>)embedding).Vector);
        foreach (var (record, vector) in list.Zip(vectors))
            _records[(int)_model.KeyProperty.GetValueAsObject(record)!] = (record, vector);
    }

    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var property = _model.GetVectorPropertyOrSingle(options ?? new VectorSearchOptions<TRecord>());
        var query = searchValue switch
        {
            ReadOnlyMemory<float> vector => vector,
            _ when property.EmbeddingGenerationDispatcher is { } dispatcher =>
                ((Embedding<float>)await dispatcher.GenerateEmbeddingAsync(property, searchValue, cancellationToken)).Vector,
            _ => throw new InvalidOperationException($"{typeof(TInput).Name} is not searched for."),
        };
        var results = _records.Values
            .Select(item => new VectorSearchResult<TRecord>(item.Record, TensorPrimitives.CosineSimilarity(query.Span, item.Vector.Span)))
            .OrderByDescending(result => result.Score).Take(top);
        foreach (var result in results)
            yield return result;
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    private static bool IsVector(Type type) => type == typeof(ReadOnlyMemory<float>) || type == typeof(Embedding<float>);

    private sealed class Builder() : CollectionModelBuilder(new CollectionModelBuildingOptions { SupportsMultipleVectors = false, RequiresAtLeastOneVector = true })
    {
        protected override IReadOnlyList<EmbeddingGenerationDispatcher> EmbeddingGenerationDispatchers { get; } =
            [EmbeddingGenerationDispatcher.Create<Embedding<float>>()];

        protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
        {
            supportedTypes = "string";
            return type == typeof(string);
        }

        protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
        {
            supportedTypes = "ReadOnlyMemory<float>, Embedding<float>";
            return IsVector(type);
        }
    }
}
