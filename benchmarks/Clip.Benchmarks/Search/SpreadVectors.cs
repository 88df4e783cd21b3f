using System.Numerics.Tensors;

namespace Clip.Benchmarks.Search;

/// <summary>Vectors without clusters, in any direction of a space of 32 dimensions: the hard case, in which the closest are hardly closer than many others.</summary>
/// <param name="dimensions">Numbers of a vector.</param>
internal sealed class SpreadVectors(int dimensions) : MadeVectors(dimensions)
{
    private const int IntrinsicDimensions = 32;

    private readonly float[][] _axes = [.. Enumerable.Range(0, IntrinsicDimensions).Select(axis => Direction(new Random(-axis - 2), dimensions))];

    /// <inheritdoc/>
    protected override float[] Own(Random random)
    {
        var vector = new float[Dimensions];
        foreach (var (weight, axis) in Direction(random, IntrinsicDimensions).Zip(_axes))
            TensorPrimitives.MultiplyAdd(axis, weight, vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }
}
