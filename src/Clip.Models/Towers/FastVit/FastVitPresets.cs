namespace Clip.Models;

/// <summary>timm's names for FastViTs, and their sizes (timm, fastvit.py).</summary>
internal static class FastVitPresets
{
    private static readonly (string Name, int[] Blocks, int[] Widths)[] All =
    [
        ("fastvit_mci0", [2, 6, 10, 2], [64, 128, 256, 512]),
        ("fastvit_mci1", [4, 12, 20, 4], [64, 128, 256, 512]),
        ("fastvit_mci2", [4, 12, 24, 4], [80, 160, 320, 640]),
        ("fastvit_mci3", [2, 12, 24, 4, 2], [96, 192, 384, 768, 1536]),
        ("fastvit_mci4", [2, 12, 24, 4, 4], [128, 256, 512, 1024, 2048]),
    ];

    /// <summary>The sizes of a name; null where it is none of these.</summary>
    public static (IReadOnlyList<int> Blocks, IReadOnlyList<int> Widths)? Find(string name)
    {
        var found = Array.Find(All, preset => preset.Name == name);
        return found.Name is null ? null : (found.Blocks, found.Widths);
    }

    /// <summary>The name of sizes; where they have none, that of others with as many stages.</summary>
    public static (string Name, bool IsExact) NameOf(FastVitConfig config)
    {
        var exact = Array.Find(All, preset => preset.Blocks.SequenceEqual(config.Blocks) && preset.Widths.SequenceEqual(config.Widths));
        return exact.Name is not null ? (exact.Name, true) : (Array.Find(All, preset => preset.Blocks.Length == config.Blocks.Count).Name, false);
    }
}
