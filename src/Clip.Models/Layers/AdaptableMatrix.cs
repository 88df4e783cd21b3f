namespace Clip.Models;

/// <summary>A matrix of a tower that low-rank adaptation may change.</summary>
/// <param name="Name">Its name in the tower.</param>
/// <param name="Weight">The matrix [outputs, inputs], which belongs to the tower.</param>
/// <param name="Role">Where it stands.</param>
/// <param name="Parts">Names of the matrices that lie in it one below the other, such as queries, keys and values; empty for one alone.</param>
public sealed record AdaptableMatrix(string Name, Parameter Weight, MatrixRole Role, IReadOnlyList<string> Parts)
{
    private static readonly string[] Projections = ["q", "k", "v"];

    /// <summary>All in the transformer blocks of a tower, in the order of its parameters.</summary>
    internal static IReadOnlyList<AdaptableMatrix> Find(nn.Module tower)
    {
        var blocks = tower.named_modules()
            .Where(entry => entry.module is TransformerBlock)
            .Select(entry => entry.name + ".")
            .ToArray();
        return [.. tower.named_parameters()
            .Where(entry => Array.Exists(blocks, block => entry.name.StartsWith(block, StringComparison.Ordinal)))
            .Select(entry => TryCreate(entry.name, entry.parameter))
            .OfType<AdaptableMatrix>()];
    }

    private static AdaptableMatrix? TryCreate(string name, Parameter weight)
    {
        if (name.EndsWith(".attn.in_proj_weight", StringComparison.Ordinal))
            return new AdaptableMatrix(name, weight, MatrixRole.Attention, Projections);
        if (name.EndsWith(".attn.out_proj.weight", StringComparison.Ordinal))
            return new AdaptableMatrix(name, weight, MatrixRole.Attention, []);
        return name.Contains(".mlp.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal)
            ? new AdaptableMatrix(name, weight, MatrixRole.Mlp, [])
            : null;
    }
}
