using System.Runtime.InteropServices;

namespace Clip.Embedding;

/// <summary>Embeddings as plain rows.</summary>
internal static class EmbeddingRows
{
    /// <summary>Gives embeddings unit length, in float32, and copies them out of native memory.</summary>
    /// <param name="embeddings">Embeddings [N, E] of any floating-point dtype, on any device.</param>
    /// <param name="count">How many of the rows are wanted.</param>
    public static float[][] ToUnitRows(Tensor embeddings, int count)
    {
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(embeddings.to(ScalarType.Float32), dim: -1).cpu().contiguous();     // [N, E]
        var size = (int)unit.shape[1];
        var numbers = MemoryMarshal.Cast<byte, float>(unit.bytes);
        var rows = new float[count][];
        for (var row = 0; row < count; row++)
            rows[row] = numbers.Slice(row * size, size).ToArray();
        return rows;
    }
}
