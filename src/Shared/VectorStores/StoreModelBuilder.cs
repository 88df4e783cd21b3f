using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.Shared.VectorStores;

/// <summary>From a record type's attributes or a definition to its properties, and what types they may have.</summary>
internal sealed class StoreModelBuilder() : CollectionModelBuilder(new CollectionModelBuildingOptions { SupportsMultipleVectors = true, RequiresAtLeastOneVector = false })
{
    private static readonly Type[] s_keys = [typeof(string), typeof(Guid), typeof(int), typeof(long), typeof(ulong)];

    private static readonly Type[] s_data =
    [
        typeof(string), typeof(bool), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(byte[]), typeof(string[]), typeof(List<string>),
    ];

    private static readonly Type[] s_vectors = [typeof(ReadOnlyMemory<float>), typeof(float[]), typeof(Embedding<float>)];

    /// <inheritdoc/>
    protected override IReadOnlyList<EmbeddingGenerationDispatcher> EmbeddingGenerationDispatchers { get; } = [EmbeddingGenerationDispatcher.Create<Embedding<float>>()];

    /// <summary>Whether values of a type are vectors themselves, not something to embed.</summary>
    /// <param name="type">The type; nullable or not.</param>
    public static bool IsVector(Type type) => s_vectors.Contains(Nullable.GetUnderlyingType(type) ?? type);

    /// <inheritdoc/>
    protected override void ValidateKeyProperty(KeyPropertyModel keyProperty)
    {
        base.ValidateKeyProperty(keyProperty);
        if (!s_keys.Contains(keyProperty.Type))
            throw new NotSupportedException($"The key '{keyProperty.ModelName}' is of type {keyProperty.Type.Name}. Keys are {Names(s_keys)}.");
    }

    /// <inheritdoc/>
    protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = Names(s_data);
        return s_data.Contains(Nullable.GetUnderlyingType(type) ?? type);
    }

    /// <inheritdoc/>
    protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = Names(s_vectors);
        return IsVector(type);
    }

    private static string Names(Type[] types) => string.Join(", ", types.Select(type => type.IsGenericType ? $"{type.Name[..^2]}<{type.GenericTypeArguments[0].Name}>" : type.Name));
}
