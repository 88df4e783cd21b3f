using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Decoding;

/// <summary>How far a JPEG can be reduced at decode time.</summary>
internal static class Reduction
{
    /// <summary>The largest of 8, 4, 2 and 1 that leaves at least one and a half times the new size on both sides.</summary>
    /// <remarks>libturbojpeg has more, 7/8 to 3/8, without vector code: they take longer than the whole image.</remarks>
    public static int Choose(int width, int height, ResizePlan plan) => Choose(width, height, (3 * plan.Width + 1) / 2, (3 * plan.Height + 1) / 2);

    /// <summary>The largest of 8, 4, 2 and 1 that leaves at least the new size on both sides.</summary>
    public static int ChooseSmallest(int width, int height, ResizePlan plan) => Choose(width, height, plan.Width, plan.Height);

    private static int Choose(int width, int height, long leastWidth, long leastHeight)
    {
        for (var reduction = 8; reduction > 1; reduction /= 2)
        {
            if (width / reduction >= leastWidth && height / reduction >= leastHeight)
                return reduction;
        }
        return 1;
    }
}
