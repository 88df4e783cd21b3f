using Clip.Shared;

namespace Clip.Models;

/// <summary>Which tokens of a text are padding, for towers that are told so by an id.</summary>
internal static class TextPadding
{
    // Small enough for a probability of zero, and finite: a text of nothing but padding has no NaN.
    private const double Hidden = -3e38, HiddenInHalf = -65_504;

    /// <summary>Ones where a token is no padding.</summary>
    /// <param name="ids">Token ids [N, L].</param>
    /// <param name="paddingId">The id of padding.</param>
    /// <returns>[N, L], bool.</returns>
    public static Tensor Visible(Tensor ids, int paddingId) => ids.IsNot(paddingId);

    /// <summary>What is added to the attention logits so that nobody attends to padding.</summary>
    /// <param name="ids">Token ids [N, L].</param>
    /// <param name="paddingId">The id of padding.</param>
    /// <param name="dtype">Dtype of the mask.</param>
    /// <returns>[N, 1, 1, L], broadcast over heads and queries.</returns>
    public static Tensor Mask(Tensor ids, int paddingId, ScalarType dtype)
    {
        using var visible = Visible(ids, paddingId);
        return Mask(visible, dtype);
    }

    /// <summary>What is added to the attention logits so that nobody attends to some tokens.</summary>
    /// <param name="visible">Ones where a token may be attended to, [N, L].</param>
    /// <param name="dtype">Dtype of the mask.</param>
    /// <returns>[N, 1, 1, L], broadcast over heads and queries.</returns>
    public static Tensor Mask(Tensor visible, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (texts, length) = (visible.shape[0], visible.shape[1]);
        var isHidden = visible.logical_not().view(texts, 1, 1, length);
        return zeros([texts, 1, 1, length], dtype, visible.device).FillWhere(isHidden, Lowest(dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>A mask that also hides what is far away.</summary>
    /// <param name="mask">What is added to the attention logits, [N, 1, 1, L].</param>
    /// <param name="farthest">The largest distance between tokens that see each other.</param>
    /// <returns>[N, 1, L, L].</returns>
    public static Tensor Within(Tensor mask, int farthest)
    {
        using var scope = NewDisposeScope();
        var length = mask.shape[3];
        var places = TensorArithmetic.Range(length, ScalarType.Int64, mask.device);
        var isFar = (places.unsqueeze(1) - places).abs().IsGreaterThan(farthest);            // [L, L]
        return mask.expand(-1, 1, length, length).FillWhere(isFar, Lowest(mask.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>Positions counted over the tokens that are no padding; padding has the number of its id.</summary>
    /// <param name="ids">Token ids [N, L].</param>
    /// <param name="paddingId">The id of padding, after which the count begins.</param>
    /// <returns>[N, L], int64.</returns>
    public static Tensor Positions(Tensor ids, int paddingId)
    {
        using var scope = NewDisposeScope();
        var visible = Visible(ids, paddingId).to(ScalarType.Int64);
        return (visible.cumsum(1) * visible).Plus(paddingId).MoveToOuterDisposeScope();
    }

    /// <summary>How many tokens there are before the padding at the end; all where there is nothing else.</summary>
    /// <param name="tokens">Token ids of one text.</param>
    /// <param name="paddingId">The id of padding.</param>
    public static int CountTokens(ReadOnlySpan<long> tokens, int paddingId)
    {
        var last = tokens.LastIndexOfAnyExcept((long)paddingId);
        return last < 0 ? tokens.Length : last + 1;
    }

    private static double Lowest(ScalarType dtype) => dtype == ScalarType.Float16 ? HiddenInHalf : Hidden;
}
