using Clip.Shared;

namespace Clip.Models;

/// <summary>Cuts channels into attention heads, attends, and joins the heads again.</summary>
internal static class AttentionHeads
{
    /// <summary>The mask of tokens that see themselves alone, [1, 1, L, L].</summary>
    /// <param name="x">Activations [N, L, W].</param>
    public static Tensor AloneMask(Tensor x)
    {
        using var scope = NewDisposeScope();
        var length = x.shape[1];
        var others = eye(length, device: x.device, dtype: ScalarType.Bool).logical_not();
        return zeros([1, 1, length, length], x.dtype, x.device).FillInPlaceWhere(others, double.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary>Scaled dot-product attention (Vaswani et al. 2017, section 3.2).</summary>
    /// <param name="queries">[N, Q, W].</param>
    /// <param name="keys">[N, L, W].</param>
    /// <param name="values">[N, L, W].</param>
    /// <param name="heads">Number of heads; divides W.</param>
    /// <param name="mask">Added to the attention logits, broadcast to [N, heads, Q, L]; or null.</param>
    /// <param name="causal">Whether query i attends to keys 0 to i only. Not together with a mask.</param>
    /// <returns>[N, Q, W].</returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, long heads, Tensor? mask = null, bool causal = false)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(
            Split(queries, heads), Split(keys, heads), Split(values, heads), mask, is_casual: causal);   // [N, heads, Q, W / heads]
        return attended.transpose(1, 2).flatten(2).MoveToOuterDisposeScope();
    }

    // [N, L, W] -> [N, heads, L, W / heads]
    private static Tensor Split(Tensor x, long heads) => x.unflatten(2, heads, x.shape[2] / heads).transpose(1, 2);
}
