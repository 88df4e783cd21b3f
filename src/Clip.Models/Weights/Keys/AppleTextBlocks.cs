namespace Clip.Models;

/// <summary>The names of residual attention blocks in Apple's files, where they are counted from another number.</summary>
/// <param name="first">The number of the first one.</param>
internal sealed class AppleTextBlocks(int first) : KeyRule
{
    private const string Blocks = "text.transformer.resblocks.";

    private static readonly Dictionary<string, string> s_parts = new()
    {
        ["ln_1"] = "pre_norm_mha.0",
        ["attn.in_proj_weight"] = "pre_norm_mha.1.qkv_proj.weight",
        ["attn.in_proj_bias"] = "pre_norm_mha.1.qkv_proj.bias",
        ["attn.out_proj"] = "pre_norm_mha.1.out_proj",
        ["ln_2"] = "pre_norm_ffn.0",
        ["mlp.c_fc"] = "pre_norm_ffn.1",
        ["mlp.c_proj"] = "pre_norm_ffn.4",
    };

    /// <inheritdoc/>
    public override IEnumerable<CheckpointKey>? Apply(string parameter)
    {
        if (!parameter.StartsWith(Blocks, StringComparison.Ordinal))
            return null;
        var rest = parameter[Blocks.Length..];
        var end = rest.IndexOf('.', StringComparison.Ordinal);
        var number = int.Parse(rest.AsSpan(0, end), provider: null);
        return Translate(rest[(end + 1)..]) is { } name
            ? [new CheckpointKey($"{AppleTextNames.Blocks}{first + number}.{name}", parameter, tensor => tensor.alias())]
            : null;
    }

    private static string? Translate(string name)
    {
        if (s_parts.TryGetValue(name, out var whole))
            return whole;
        var end = name.LastIndexOf('.');
        return end > 0 && s_parts.TryGetValue(name[..end], out var module) ? module + name[end..] : null;
    }
}
