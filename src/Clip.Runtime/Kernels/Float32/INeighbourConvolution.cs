namespace Clip.Runtime.Kernels.Float32;

/// <summary>A convolution of 3 x 3 places and a border of zeros, with the batch norm behind it and ReLU.</summary>
internal unsafe interface INeighbourConvolution : IDisposable
{
    /// <summary>Channels of the result.</summary>
    nint Outputs { get; }

    /// <summary>Numbers of scratch memory that a crew needs for a picture.</summary>
    nint ScratchLength(nint height, nint width, int workers);

    /// <summary>Convolves a picture; every worker of the crew a share.</summary>
    /// <param name="crew">Who works on it.</param>
    /// <param name="input">The picture.</param>
    /// <param name="output">Where to write the result.</param>
    /// <param name="scratch">The crew's scratch memory.</param>
    Picture Compute(Crew crew, Picture input, float* output, float* scratch);
}
