using System.Numerics.Tensors;

namespace Clip.Benchmarks.Search;

/// <summary>Unit vectors that are the same in every run, with a direction that all share, as CLIP's have.</summary>
/// <param name="dimensions">Numbers of a vector.</param>
internal abstract class MadeVectors(int dimensions)
{
    /// <summary>What is added of the direction that all share, to what is of unit length.</summary>
    protected const float Shared = 0.8f;

    private readonly float[] _shared = Direction(new Random(1), dimensions);

    /// <summary>Numbers of a vector.</summary>
    protected int Dimensions => dimensions;

    /// <summary>Those of a name.</summary>
    /// <param name="kind"><c>clustered</c> or <c>spread</c>.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dimensions">Numbers of a vector.</param>
    public static MadeVectors Of(string kind, int count, int dimensions) => kind switch
    {
        "clustered" => new ClusteredVectors(count, dimensions),
        "spread" => new SpreadVectors(dimensions),
        _ => throw new ArgumentException($"There are clustered and spread vectors, not '{kind}'.", nameof(kind)),
    };

    /// <summary>A vector of the collection, or with a place from the count on one that is not in it: a query.</summary>
    /// <param name="place">Its place.</param>
    public float[] At(int place)
    {
        var vector = Own(new Random(place + 1_000_000));
        TensorPrimitives.MultiplyAdd(_shared, Shared, vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }

    /// <summary>What is not shared.</summary>
    /// <param name="random">The vector's own numbers.</param>
    protected abstract float[] Own(Random random);

    /// <summary>A vector of unit length in any direction.</summary>
    /// <param name="random">Where from.</param>
    /// <param name="dimensions">Numbers of it.</param>
    protected static float[] Direction(Random random, int dimensions)
    {
        var direction = new float[dimensions];
        // Sums of four uniform numbers are near enough to normal ones, and the length is 1 afterwards.
        for (var i = 0; i < dimensions; i++)
            direction[i] = random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2;
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm(direction), direction);
        return direction;
    }
}
