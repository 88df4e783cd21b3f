namespace Clip.Kernels.Contracts;

/// <summary>How a kernel holds the weights of linear layers.</summary>
internal enum Quantization
{
    /// <summary>In the dtype that they come in.</summary>
    None,

    /// <summary>In float16, widened when they are multiplied.</summary>
    Float16,

    /// <summary>In bfloat16, widened likewise.</summary>
    BFloat16,

    /// <summary>In 8 bits with a scale per output.</summary>
    Int8,
}
