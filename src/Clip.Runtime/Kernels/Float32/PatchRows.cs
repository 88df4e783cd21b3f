namespace Clip.Runtime.Kernels.Float32;

/// <summary>The patches of a picture as rows of a matrix; nothing is copied.</summary>
/// <param name="pixels">Pixels [3, height, width].</param>
/// <param name="height">Rows of the picture.</param>
/// <param name="width">Columns of the picture.</param>
/// <param name="patch">Side of a patch; what is left over at the right and below is not looked at.</param>
internal readonly unsafe struct PatchRows(float* pixels, nint height, nint width, int patch) : IInputRows
{
    private const int Channels = 3;

    public int Segments => Channels * patch;

    public nint Depth => patch;

    public float* Locate(nint row, int segment)
    {
        var (channel, line) = (segment / patch, segment % patch);
        var across = width / patch;
        var (y, x) = (row / across * patch + line, row % across * patch);
        return pixels + (channel * height + y) * width + x;
    }
}
