namespace Clip.Shared;

/// <summary>Bilinear interpolation of small maps.</summary>
internal static class MapInterpolation
{
    /// <summary>Brings a map to another size; what lies beyond the middles of the outer places has their values.</summary>
    public static float[] Resize(ReadOnlySpan<float> values, int height, int width, int newHeight, int newWidth)
    {
        var resized = new float[checked(newHeight * newWidth)];
        for (var y = 0; y < newHeight; y++)
        {
            var (top, bottom, down) = Between(y, newHeight, height);
            for (var x = 0; x < newWidth; x++)
            {
                var (left, right, over) = Between(x, newWidth, width);
                var above = float.Lerp(values[top * width + left], values[top * width + right], over);
                var below = float.Lerp(values[bottom * width + left], values[bottom * width + right], over);
                resized[y * newWidth + x] = float.Lerp(above, below, down);
            }
        }
        return resized;
    }

    private static (int First, int Second, float Share) Between(int index, int newLength, int length)
    {
        var place = Math.Clamp((index + 0.5) * length / newLength - 0.5, 0, length - 1);
        var first = (int)place;
        return (first, Math.Min(first + 1, length - 1), (float)(place - first));
    }
}
