namespace Clip.Runtime.Kernels.Float32;

/// <summary>Where the rows of a matrix to be multiplied lie, in one piece or in several.</summary>
internal unsafe interface IInputRows
{
    /// <summary>Pieces of a row.</summary>
    int Segments { get; }

    /// <summary>Numbers in a piece.</summary>
    nint Depth { get; }

    /// <summary>The beginning of a piece.</summary>
    float* Locate(nint row, int segment);
}
