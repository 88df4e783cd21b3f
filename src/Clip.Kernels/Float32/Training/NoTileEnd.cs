namespace Clip.Kernels.Float32.Training;

/// <summary>Leaves a tile as it is.</summary>
internal readonly unsafe struct NoTileEnd : ITileEnd
{
    public void Finish(float* tile, nint stride, nint row, nint column, int rows, int width)
    {
    }
}
