namespace Clip.Runtime.Kernels.Float32;

/// <summary>The 3 x 3 neighbourhoods of a picture's places as rows of a matrix; nothing is copied.</summary>
/// <param name="picture">The picture.</param>
/// <param name="zeros">What is seen beyond its border, as many zeros as it has channels.</param>
internal readonly unsafe struct NeighbourRows(Picture picture, float* zeros) : IInputRows
{
    private const int Side = 3;

    public int Segments => Side * Side;

    public nint Depth => picture.Channels;

    public float* Locate(nint row, int segment)
    {
        var y = row / picture.Width + segment / Side - 1;
        var x = row % picture.Width + segment % Side - 1;
        return (nuint)y < (nuint)picture.Height && (nuint)x < (nuint)picture.Width
            ? picture.First + (y * picture.Width + x) * picture.Channels
            : zeros;
    }
}
