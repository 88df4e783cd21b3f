namespace Clip.Cli.Tests.Support;

/// <summary>Recorded image files.</summary>
internal static class Images
{
    public static string Jpeg { get; } = Fixtures.Find("preprocess", "images", "jpeg_444_q95_260x195.jpg");

    public static string Png { get; } = Fixtures.Find("preprocess", "images", "png_rgb_small_96x64.png");

    public static string Bmp { get; } = Fixtures.Find("preprocess", "images", "bmp_rgb_120x90.bmp");

    public static string Broken { get; } = Fixtures.Find("hostile_images", "truncated_half.png");

    /// <summary>Copies images into a folder: a.jpg, b.png, c/d.bmp.</summary>
    public static string CopyTo(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "c"));
        File.Copy(Jpeg, Path.Combine(folder, "a.jpg"));
        File.Copy(Png, Path.Combine(folder, "b.png"));
        File.Copy(Bmp, Path.Combine(folder, "c", "d.bmp"));
        return folder;
    }
}
