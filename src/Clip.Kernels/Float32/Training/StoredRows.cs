namespace Clip.Kernels.Float32.Training;

/// <summary>Rows of a dense matrix.</summary>
/// <param name="first">The first row.</param>
/// <param name="width">Elements of a row.</param>
internal readonly unsafe struct StoredRows(float* first, nint width) : IRows
{
    public float* Get(nint row, float* buffer) => first + row * width;
}
