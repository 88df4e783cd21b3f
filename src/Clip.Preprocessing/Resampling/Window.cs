namespace Clip.Preprocessing.Resampling;

/// <summary>The part of a resized image that the result shows.</summary>
/// <param name="Left">Its first column in the resized image.</param>
/// <param name="Top">Its first row in the resized image.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="ResultLeft">Where its first column stands in the result.</param>
/// <param name="ResultTop">Where its first row stands in the result.</param>
internal readonly record struct Window(long Left, long Top, int Width, int Height, int ResultLeft, int ResultTop)
{
    /// <summary>The part that a plan shows.</summary>
    public static Window Inside(ResizePlan plan)
    {
        var left = Math.Max(0, plan.Left);
        var top = Math.Max(0, plan.Top);
        return new Window(
            left,
            top,
            (int)Math.Min(plan.Result.Width, plan.Width - left),
            (int)Math.Min(plan.Result.Height, plan.Height - top),
            (int)Math.Max(0, -plan.Left),
            (int)Math.Max(0, -plan.Top));
    }
}
