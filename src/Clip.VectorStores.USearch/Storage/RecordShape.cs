using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>What a collection expects its records to be.</summary>
/// <param name="Schema">As the folder would say it.</param>
/// <param name="Codec">How they are stored.</param>
internal sealed record RecordShape(Schema Schema, RecordCodec Codec)
{
    private readonly string _layout = string.Join('\n', Schema.Properties);

    /// <summary>Whether rows of one are rows of the other.</summary>
    /// <param name="other">The other shape.</param>
    public bool HasLayoutOf(RecordShape other) => _layout == other._layout;

    /// <summary>Of a model.</summary>
    /// <param name="name">The collection's name.</param>
    /// <param name="model">The properties of its records.</param>
    public static RecordShape Of(string name, CollectionModel model) => new(Schema.Of(name, model), new RecordCodec(model));
}
