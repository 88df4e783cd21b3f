namespace Clip.Models;

/// <summary>The names of a FastViT's weights in Apple's files, each made of the names that its parts have there.</summary>
/// <param name="root">What all of them begin with.</param>
internal sealed class FastVitAppleNames(string root) : KeyRule
{
    /// <summary>The most stages that there are.</summary>
    public const int MostStages = 5;

    private const string Trunk = "visual.trunk.";

    // Apple counts what halves an image, positions and the blocks of each stage as one list.
    private static readonly int[] s_downsamples = [-1, 1, 3, 5, 8];
    private static readonly int[] s_positions = [-1, -1, -1, 6, 9];
    private static readonly int[] s_blocks = [0, 2, 4, 7, 10];

    private static readonly Dictionary<string, string> s_parts = new()
    {
        ["conv_kxk"] = "rbr_conv",
        ["conv_scale"] = "rbr_scale",
        ["identity"] = "rbr_skip",
        ["large_conv"] = "lkb_origin",
        ["mlp"] = "convffn",
        ["pos_enc"] = "pe",
        ["stem"] = "patch_embed",
        ["final_conv"] = "conv_exp",
    };

    /// <summary>The number of a stage's blocks in that list.</summary>
    public static int BlocksOf(int stage) => s_blocks[stage];

    /// <inheritdoc/>
    public override IEnumerable<CheckpointKey>? Apply(string parameter)
    {
        if (!parameter.StartsWith(Trunk, StringComparison.Ordinal))
            return null;
        var name = parameter[Trunk.Length..];
        return [new CheckpointKey(root + Translate(name), parameter, tensor => tensor.alias())];
    }

    /// <summary>The name of a part of a block, such as "mlp.fc1.weight".</summary>
    public static string OfPart(string name)
    {
        var parts = name.Split('.');
        // Gains of branches are parameters of the module around them.
        if (parts[^1] == "gamma")
            parts = parts[..^1];
        return string.Join('.', parts.Select(part => s_parts.GetValueOrDefault(part, part)));
    }

    private static string Translate(string name)
    {
        var parts = name.Split('.');
        if (parts[0] == "final_conv")
            return OfPart(name).Replace(".se.fc1.", ".se.reduce.", StringComparison.Ordinal).Replace(".se.fc2.", ".se.expand.", StringComparison.Ordinal);
        if (parts[0] != "stages")
            return OfPart(name);

        var stage = int.Parse(parts[1], provider: null);
        var rest = string.Join('.', parts[3..]);
        return parts[2] switch
        {
            "downsample" => $"network.{s_downsamples[stage]}.{OfDownsample(rest)}",
            "pos_emb" => $"network.{s_positions[stage]}.{OfPart(rest)}",
            _ => $"network.{s_blocks[stage]}.{OfPart(rest)}",
        };
    }

    private static string OfDownsample(string name) =>
        OfPart(name).Replace("proj.0.reparam_conv.", "proj.0.lkb_reparam.", StringComparison.Ordinal);
}
