namespace Clip.Kernels.Float32.Training;

/// <summary>Rows of a matrix, some of which are computed when they are asked for.</summary>
internal unsafe interface IRows
{
    /// <summary>Finds or computes a row.</summary>
    /// <param name="row">Which.</param>
    /// <param name="buffer">Room for it.</param>
    /// <returns>Where it is: in the buffer, or elsewhere.</returns>
    float* Get(nint row, float* buffer);
}
