namespace Clip.Distributed;

/// <summary>The types of elements that ranks exchange.</summary>
internal static class ExchangedType
{
    /// <summary>What a library calls the type of a tensor's elements.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="float32">What it calls float32.</param>
    /// <param name="float64">What it calls float64.</param>
    /// <param name="int64">What it calls int64.</param>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static T Of<T>(Tensor tensor, T float32, T float64, T int64) => tensor.dtype switch
    {
        ScalarType.Float32 => float32,
        ScalarType.Float64 => float64,
        ScalarType.Int64 => int64,
        _ => throw new ArgumentException($"Ranks exchange float32, float64 and int64, but this tensor is {tensor.dtype}.", nameof(tensor)),
    };
}
