using Clip.Preprocessing.ImageSharp;

namespace Clip.Fuzz.Targets;

/// <summary>All formats through ImageSharp; part of the build where its package is.</summary>
internal static class ImageSharpTargets
{
    public static IEnumerable<FuzzTarget> All() => ImageTargets.Through(new ImageSharpDecoder(), "imagesharp");
}
