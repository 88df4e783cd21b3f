namespace Clip.Runtime;

/// <summary>The floating-point format a model's weights and activations are held in.</summary>
public enum Precision
{
    /// <summary>
    /// Chosen by the device: bfloat16 on CUDA from compute capability 8.0, float16 on CUDA 7.x, float32 everywhere else, on every CPU above all.
    /// </summary>
    Auto,

    /// <summary>32 bits, of which 23 are fraction: the format the published numbers were computed in.</summary>
    Float32,

    /// <summary>16 bits, of which 7 are fraction: the range of float32 with two to three decimal digits.</summary>
    BFloat16,

    /// <summary>16 bits, of which 10 are fraction: three decimal digits, values up to 65,504.</summary>
    Float16,
}
