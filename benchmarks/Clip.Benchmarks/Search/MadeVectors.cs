using System.Numerics.Tensors;

namespace Clip.Benchmarks.Search;

/// <summary>Unit vectors that lie as CLIP's do: a direction that all share, clusters of some fifty, and what is each one's own. The same in every run.</summary>
/// <param name="count">How many there are.</param>
/// <param name="dimensions">Numbers of a vector.</param>
internal sealed class MadeVectors(int count, int dimensions)
{
    // Cosines of 0.77 within a cluster and 0.30 between clusters, near those of images in ViT-B/32.
    private const float Shared = 0.8f;
    private const float Own = 0.7f;
    private const int ClusterSize = 50;

    private readonly float[] _shared = Direction(new Random(1), dimensions);

    /// <summary>A vector of the collection, or with a place from <c>count</c> on one that is not in it: a query.</summary>
    /// <param name="place">Its place.</param>
    public float[] At(int place)
    {
        var own = new Random(place + 1_000_000);
        var cluster = own.Next(Math.Max(count / ClusterSize, 1));
        var vector = Direction(new Random(-cluster - 2), dimensions);
        TensorPrimitives.MultiplyAdd(_shared, Shared, vector, vector);
        TensorPrimitives.MultiplyAdd(Direction(own, dimensions), Own, vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }

    private static float[] Direction(Random random, int dimensions)
    {
        var direction = new float[dimensions];
        // Sums of four uniform numbers are near enough to normal ones, and the length is 1 afterwards.
        for (var i = 0; i < dimensions; i++)
            direction[i] = random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2;
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm(direction), direction);
        return direction;
    }
}
