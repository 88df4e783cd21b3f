namespace Clip.Models;

/// <summary>The keys and values of tokens that a causal transformer has seen, so that further tokens alone are computed.</summary>
internal sealed class KeyValueCache(int layers) : IDisposable
{
    private readonly (Tensor Keys, Tensor Values)?[] _layers = new (Tensor, Tensor)?[layers];

    /// <summary>Adds the keys and values of further tokens to a layer's.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">[N, T, W].</param>
    /// <param name="values">[N, T, W].</param>
    /// <returns>Those of all tokens; they belong to the cache.</returns>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var all = _layers[layer] is { } before
            ? (cat([before.Keys, keys], 1), cat([before.Values, values], 1))
            : (keys.contiguous().clone(), values.contiguous().clone());
        Replace(layer, all);
        return _layers[layer]!.Value;
    }

    /// <summary>Takes some of the texts, in another order, and some several times.</summary>
    /// <param name="texts">Which, int64 [M].</param>
    public void Select(Tensor texts)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            if (_layers[layer] is { } before)
                Replace(layer, (before.Keys.index_select(0, texts), before.Values.index_select(0, texts)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var layer = 0; layer < _layers.Length; layer++)
            Release(layer);
    }

    private void Replace(int layer, (Tensor Keys, Tensor Values) all)
    {
        Release(layer);
        _layers[layer] = (all.Keys.DetachFromDisposeScope(), all.Values.DetachFromDisposeScope());
    }

    private void Release(int layer)
    {
        _layers[layer]?.Keys.Dispose();
        _layers[layer]?.Values.Dispose();
        _layers[layer] = null;
    }
}
