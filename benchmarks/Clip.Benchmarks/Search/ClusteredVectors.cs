using System.Numerics.Tensors;

namespace Clip.Benchmarks.Search;

/// <summary>Vectors in clusters of some fifty, as those of images are: cosines of 0.77 within a cluster and 0.30 between clusters, near those of ViT-B/32.</summary>
/// <param name="count">How many there are.</param>
/// <param name="dimensions">Numbers of a vector.</param>
internal sealed class ClusteredVectors(int count, int dimensions) : MadeVectors(dimensions)
{
    private const float Single = 0.7f;
    private const int ClusterSize = 50;

    /// <inheritdoc/>
    protected override float[] Own(Random random)
    {
        var cluster = random.Next(Math.Max(count / ClusterSize, 1));
        var vector = Direction(new Random(-cluster - 2), Dimensions);
        TensorPrimitives.MultiplyAdd(Direction(random, Dimensions), Single, vector, vector);
        return vector;
    }
}
