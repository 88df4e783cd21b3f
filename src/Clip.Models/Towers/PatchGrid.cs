namespace Clip.Models;

/// <summary>The rules of cutting a picture into square patches.</summary>
internal static class PatchGrid
{
    public static void Validate(ConfigCheck check, ImageSize resolution, int patchSize, bool mustDivide)
    {
        check.InRange(resolution.Height, 1, ConfigCheck.LargestResolution, "Resolution.Height");
        check.InRange(resolution.Width, 1, ConfigCheck.LargestResolution, "Resolution.Width");
        check.InRange(patchSize, 1, Math.Min(resolution.Height, resolution.Width), "PatchSize");
        check.That(
            !mustDivide || (resolution.Height % patchSize == 0 && resolution.Width % patchSize == 0),
            "PatchSize",
            $"patches of {patchSize} pixels do not divide a picture of {resolution}");
    }

    /// <summary>The side of an image, if its patches form a square.</summary>
    /// <param name="patches">Number of patches.</param>
    /// <param name="patchSize">Side of a patch, in pixels.</param>
    public static int? Resolution(long patches, long patchSize) => (int?)(TensorShapes.Side(patches) * patchSize);
}
