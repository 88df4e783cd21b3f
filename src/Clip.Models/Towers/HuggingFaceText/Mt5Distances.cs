namespace Clip.Models;

/// <summary>The bucket of the distance between two tokens, each of which has a bias in mT5's attention.</summary>
/// <remarks>
/// Near distances have a bucket each, farther ones share them in logarithmic steps; half of the buckets are for keys behind the query.
/// Source: Raffel et al. 2019, section 2.1.
/// </remarks>
internal static class Mt5Distances
{
    /// <summary>The buckets of all pairs of a text.</summary>
    /// <param name="length">Tokens, L.</param>
    /// <param name="config">How many buckets there are, and where they end.</param>
    /// <returns>[L x L], row by row of the queries.</returns>
    public static long[] Buckets(int length, Mt5TextConfig config)
    {
        var buckets = new long[length * length];
        for (var query = 0; query < length; query++)
        {
            for (var key = 0; key < length; key++)
                buckets[query * length + key] = Bucket(key - query, config.DistanceBuckets / 2, config.FarthestDistance);
        }
        return buckets;
    }

    private static long Bucket(int distance, int directionBuckets, int farthest)
    {
        var first = distance > 0 ? directionBuckets : 0;
        var size = Math.Abs(distance);
        var exact = directionBuckets / 2;
        if (size < exact)
            return first + size;
        // In float32, as the weights were trained with it.
        var share = MathF.Log((float)size / exact) / (float)Math.Log((double)farthest / exact);
        return first + Math.Min(exact + (long)(share * (directionBuckets - exact)), directionBuckets - 1);
    }
}
