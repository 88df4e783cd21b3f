namespace Clip.Kernels.Float32.Products;

/// <summary>The numbers in which packed weights are kept; products and sums are float32.</summary>
internal enum WeightFormat
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>float16: eleven bits, to 65,504.</summary>
    Float16,

    /// <summary>bfloat16: eight bits, the range of float32.</summary>
    BFloat16,
}
