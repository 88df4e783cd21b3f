namespace Clip.Preprocessing;

/// <summary>Images that keep their aspect ratio as nearly as whole patches allow: each takes the largest size that so many patches fill.</summary>
/// <param name="PatchSize">Side of a square patch, in pixels; divides both sides of every result.</param>
/// <param name="MostPatches">The most patches of an image.</param>
/// <remarks>Source: NaFlex of SigLIP 2, Tschannen et al. 2025, section 2.4.2; the search is that of transformers' Siglip2ImageProcessor.</remarks>
public readonly record struct PatchBudget(int PatchSize, int MostPatches)
{
    // Both of transformers' search: its first bound, and how near it comes.
    private const double LargestScale = 100;
    private const double Precision = 1e-5;

    /// <summary>The most pixels of a result.</summary>
    public int MostPixels => checked(MostPatches * PatchSize * PatchSize);

    /// <summary>The size that an image takes.</summary>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below one.</exception>
    public Resolution Fit(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var (low, high) = (Precision / 10, LargestScale);
        while (high - low >= Precision)
        {
            var middle = (low + high) / 2;
            if (Patches(height, middle) * Patches(width, middle) <= MostPatches)
                low = middle;
            else
                high = middle;
        }
        return new Resolution((int)Patches(height, low) * PatchSize, (int)Patches(width, low) * PatchSize);
    }

    private long Patches(int side, double scale) => Math.Max(1, (long)Math.Ceiling(side * scale / PatchSize));
}
