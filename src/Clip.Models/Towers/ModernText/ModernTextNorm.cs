namespace Clip.Models;

/// <summary>The norms of open_clip's "modern" text tower.</summary>
internal static class ModernTextNorm
{
    /// <summary>Makes one.</summary>
    /// <param name="weights">Makes its weights.</param>
    /// <param name="config">Says which kind.</param>
    /// <param name="width">Channels that are normed together.</param>
    public static nn.Module<Tensor, Tensor> Create(WeightFactory weights, ModernTextConfig config, int width) => config.LayerNorms
        ? new MixedPrecisionLayerNorm(weights, width, config.NormEpsilon)
        : new RmsNorm(weights, width, config.NormEpsilon);

    /// <summary>Makes one where a choice asks for it.</summary>
    public static nn.Module<Tensor, Tensor>? TryCreate(bool isWanted, WeightFactory weights, ModernTextConfig config, int width) =>
        isWanted ? Create(weights, config, width) : null;

    /// <summary>Norms each head of queries or keys.</summary>
    /// <param name="norm">The norm; null for none.</param>
    /// <param name="x">[N, L, W].</param>
    /// <param name="heads">Attention heads.</param>
    public static Tensor Heads(nn.Module<Tensor, Tensor>? norm, Tensor x, int heads)
    {
        if (norm is null)
            return x.alias();
        using var scope = NewDisposeScope();
        return norm.call(x.unflatten(2, heads, x.shape[2] / heads)).flatten(2).MoveToOuterDisposeScope();
    }
}
