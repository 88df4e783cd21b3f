using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>A 3 x 3 convolution of stride 1 with a border of zeros, the batch norm behind it and ReLU.</summary>
internal unsafe interface IConvolution3x3 : IDisposable
{
    /// <summary>Channels of the result.</summary>
    nint Outputs { get; }

    /// <summary>Elements of scratch memory that a team needs for an image.</summary>
    nint ScratchLength(nint height, nint width, int threads);

    /// <summary>Convolves an image; every thread of the team a share.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="scratch">The team's scratch memory.</param>
    FeatureMap Compute(ThreadTeam team, FeatureMap input, float* output, float* scratch);
}
