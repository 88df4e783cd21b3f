using System.Runtime.InteropServices;

namespace Clip.ZeroShot.Classification;

/// <summary>A bank's rows on the model's device, ready to be multiplied by images.</summary>
internal sealed class ClassMatrix : IDisposable
{
    // 64 MB of similarities at once, whatever the number of classes.
    private const int MostSimilarities = 1 << 24;

    private readonly Tensor _classes;
    private readonly Device _device;
    private readonly int _classCount;
    private readonly int _size;

    public ClassMatrix(ClassBank bank, Device device)
    {
        _device = device;
        _classCount = bank.ClassNames.Count;
        _size = bank.EmbeddingSize;
        using var scope = NewDisposeScope();
        _classes = tensor(bank.Embeddings.ToArray(), [_classCount, _size], ScalarType.Float32, CPU)
            .to(device).t().contiguous().DetachFromDisposeScope();                  // [E, C]
    }

    /// <summary>Images of which the similarities are computed in one product.</summary>
    public int RowsPerProduct => Math.Clamp(MostSimilarities / _classCount, 1, 1024);

    /// <summary>Similarities with all classes.</summary>
    /// <param name="embeddings">N unit rows, at most <see cref="RowsPerProduct"/>.</param>
    /// <returns>[N, C], one row after another.</returns>
    public float[] Multiply(ReadOnlySpan<float[]> embeddings)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var rows = empty([embeddings.Length, _size], ScalarType.Float32, CPU);
        var target = MemoryMarshal.Cast<byte, float>(rows.bytes);
        for (var i = 0; i < embeddings.Length; i++)
            embeddings[i].CopyTo(target[(i * _size)..]);
        return Multiply(rows);
    }

    /// <summary>Similarities of one unit row with all classes.</summary>
    public float[] Multiply(ReadOnlySpan<float> embedding)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var row = empty([1, _size], ScalarType.Float32, CPU);
        embedding.CopyTo(MemoryMarshal.Cast<byte, float>(row.bytes));
        return Multiply(row);
    }

    public void Dispose() => _classes.Dispose();

    private float[] Multiply(Tensor rows)
    {
        var similarities = rows.to(_device).matmul(_classes).cpu();                 // [N, E] x [E, C]
        return MemoryMarshal.Cast<byte, float>(similarities.bytes).ToArray();
    }
}
