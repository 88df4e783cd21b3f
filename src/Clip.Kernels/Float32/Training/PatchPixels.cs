namespace Clip.Kernels.Float32.Training;

/// <summary>The patches of images as rows: of each patch all channels, one after the other.</summary>
/// <param name="pixels">[N, channels, height, width], dense.</param>
/// <param name="channels">Channels of a pixel.</param>
/// <param name="height">Rows of an image, a multiple of the patch's.</param>
/// <param name="width">Columns of an image, likewise.</param>
/// <param name="side">Side of a patch.</param>
internal readonly unsafe struct PatchPixels(float* pixels, int channels, nint height, nint width, int side) : IRows
{
    public float* Get(nint row, float* buffer)
    {
        var columns = width / side;
        var (image, patch) = (row / (height / side * columns), row % (height / side * columns));
        var corner = pixels + (image * channels * height + patch / columns * side) * width + patch % columns * side;
        for (var channel = 0; channel < channels; channel++)
        {
            for (var y = 0; y < side; y++)
                new Span<float>(corner + (channel * height + y) * width, side).CopyTo(new Span<float>(buffer + (channel * side + y) * side, side));
        }
        return buffer;
    }
}
