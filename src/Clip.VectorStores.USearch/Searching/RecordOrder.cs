using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.VectorStores.USearch.Searching;

/// <summary>An order by properties; what has no value comes first.</summary>
/// <typeparam name="TRecord">The records' type.</typeparam>
internal sealed class RecordOrder<TRecord> : IComparer<(int Row, TRecord Record)>
    where TRecord : class
{
    private readonly (PropertyModel Property, bool IsAscending)[] _keys;

    private RecordOrder((PropertyModel Property, bool IsAscending)[] keys) => _keys = keys;

    /// <summary>The order that is asked for; null where none is.</summary>
    /// <param name="model">The properties.</param>
    /// <param name="options">What is asked for.</param>
    public static RecordOrder<TRecord>? Of(CollectionModel model, FilteredRecordRetrievalOptions<TRecord>? options) =>
        options?.OrderBy?.Invoke(new()).Values is { Count: > 0 } values
            ? new RecordOrder<TRecord>([.. values.Select(value => (model.GetDataOrKeyProperty(value.PropertySelector), value.Ascending))])
            : null;

    /// <inheritdoc/>
    public int Compare((int Row, TRecord Record) x, (int Row, TRecord Record) y)
    {
        foreach (var (property, isAscending) in _keys)
        {
            var (left, right) = (property.GetValueAsObject(x.Record), property.GetValueAsObject(y.Record));
            var order = left is string text && right is string other ? string.CompareOrdinal(text, other) : Comparer<object>.Default.Compare(left, right);
            if (order != 0)
                return isAscending ? order : -order;
        }
        return x.Row.CompareTo(y.Row);
    }
}
