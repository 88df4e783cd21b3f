namespace Clip.Kernels.Weights;

/// <summary>Weights that are made one after another while they are packed.</summary>
internal static class LazyWeights
{
    /// <summary>Packs each, and disposes the tensors that were made for it before the next is made.</summary>
    /// <param name="weights">Makes the weights; a dispose scope is open while it does, and none may be open in it between two.</param>
    /// <param name="pack">Packs one.</param>
    public static void ForEach<T>(IEnumerable<T> weights, Action<T> pack)
    {
        using var all = weights.GetEnumerator();
        while (true)
        {
            using var scope = NewDisposeScope();
            if (!all.MoveNext())
                return;
            pack(all.Current);
        }
    }
}
