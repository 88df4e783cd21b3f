namespace Clip.Kernels.Int8;

/// <summary>Vectors of 32-bit sums of quantized products, so that one source serves registers of different sizes.</summary>
/// <remarks>All implementations compute the same results, to the last bit.</remarks>
/// <typeparam name="TSums">The vector; each lane belongs to one output.</typeparam>
internal unsafe interface IInt8Simd<TSums> : IInt8Products<TSums>
    where TSums : struct
{
    /// <summary>Sums in a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>Vectors side by side in a tile of a matrix product, 2 or 4.</summary>
    static abstract int TileVectors { get; }

    /// <summary>Loads sums, or the groups of weights of as many outputs.</summary>
    static abstract TSums Load(int* source);

    /// <summary>Sets all lanes to a group of activations.</summary>
    static abstract TSums Broadcast(int group);

    /// <summary>Computes outputs = sums · (scale · scales) + bias + addends, rounded after each step.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="scale">The scale of the activations.</param>
    /// <param name="scales">The scales of the weights, one per output.</param>
    /// <param name="bias">One element per output.</param>
    /// <param name="addends">One element per output; or null.</param>
    /// <param name="output">Where to write them; may be the addends.</param>
    static abstract void StoreScaled(TSums sums, float scale, float* scales, float* bias, float* addends, float* output);
}
