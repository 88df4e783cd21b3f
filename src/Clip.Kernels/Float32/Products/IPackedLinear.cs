using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Products;

/// <summary>A linear layer with packed weights, of whatever precision; activations come and go in float32.</summary>
internal unsafe interface IPackedLinear : IDisposable
{
    /// <summary>Columns of the result.</summary>
    nint Outputs { get; }

    /// <summary>Elements of scratch memory that a team needs.</summary>
    /// <param name="rows">Rows to multiply.</param>
    nint ScratchLength(nint rows);

    /// <summary>Computes outputs = activation(inputs · weights + bias + addends).</summary>
    /// <remarks>Every thread of the team calls it and computes its share; the results of the others are there after a barrier.</remarks>
    /// <param name="team">Who works on it.</param>
    /// <param name="inputs">The rows to multiply, one after another.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="outputs">The first row of the result.</param>
    /// <param name="outputStride">Elements from one row of the result to the next.</param>
    /// <param name="scratch">The team's scratch memory.</param>
    /// <param name="addends">Added before the activation, in the layout of the outputs, which it may be; or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    void Compute(
        ThreadTeam team, float* inputs, nint rows, float* outputs, nint outputStride, float* scratch,
        float* addends = null, FusedActivation? activation = null);
}
