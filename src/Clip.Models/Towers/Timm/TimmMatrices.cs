namespace Clip.Models;

/// <summary>The matrices of timm's transformer blocks that low-rank adaptation may change, by their names.</summary>
internal static class TimmMatrices
{
    private static readonly string[] Parts = ["q", "k", "v"];

    /// <summary>All in a tower, in the order of its parameters; none in one without attention.</summary>
    public static IReadOnlyList<AdaptableMatrix> Find(nn.Module tower) =>
        [.. tower.named_parameters().Select(entry => TryCreate(entry.name, entry.parameter)).OfType<AdaptableMatrix>()];

    private static AdaptableMatrix? TryCreate(string name, Parameter weight)
    {
        if (weight.dim() != 2 || !name.Contains(".blocks.", StringComparison.Ordinal) || !name.EndsWith(".weight", StringComparison.Ordinal))
            return null;
        if (name.EndsWith(".attn.qkv.weight", StringComparison.Ordinal) || name.EndsWith(".token_mixer.qkv.weight", StringComparison.Ordinal))
            return new AdaptableMatrix(name, weight, MatrixRole.Attention, Parts);
        if (name.Contains(".attn.", StringComparison.Ordinal) || name.Contains(".token_mixer.", StringComparison.Ordinal))
            return new AdaptableMatrix(name, weight, MatrixRole.Attention, []);
        return name.Contains(".mlp.", StringComparison.Ordinal) ? new AdaptableMatrix(name, weight, MatrixRole.Mlp, []) : null;
    }
}
