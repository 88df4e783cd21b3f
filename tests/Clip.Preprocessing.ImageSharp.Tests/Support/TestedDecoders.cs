using Clip.Preprocessing.ImageSharp;

namespace Clip.Preprocessing.Tests.Support;

/// <summary>The decoder of this package, for the theories that ask the same of every decoder.</summary>
internal static class TestedDecoders
{
    public static TheoryData<string> Names => ["ImageSharp"];

    public static TheoryData<string> Whole => Names;

    public static IReadOnlyList<string> Differing =>
        ["png_gray16_240x320.png", "png_gray16_dark_240x320.png", .. Directory.EnumerateFiles(Golden.ImagePath(""), "*.jpg").Select(path => Path.GetFileName(path))];

    public static int LeastEqual => 20;

    public static IImageDecoder Find(string name) => name == "ImageSharp" ? new ImageSharpDecoder() : throw new ArgumentException($"There is no decoder {name}.", nameof(name));
}
