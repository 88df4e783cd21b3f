namespace Clip.Models;

/// <summary>The names of EVA's towers inside open_clip (timm, eva.py); those of blocks are the tower's own.</summary>
internal static class EvaNames
{
    public static TowerNames Native { get; } = new(
        "open_clip EVA",
        [.. PatchTokensNames.Of("visual.trunk.embed", "visual.trunk"), new PrefixRule("visual.", "visual.")]);
}
