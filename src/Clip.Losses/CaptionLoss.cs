namespace Clip.Losses;

/// <summary>The loss of a model that writes captions: cross-entropy of each token under what is predicted from those before it and the image.</summary>
/// <remarks>
/// <para>The mean over all tokens that are not padding. It is usually added to <see cref="ClipLoss"/>, with twice its weight.</para>
/// <para>Logits in half precision are computed with in float32, which is then the dtype of the loss.</para>
/// <para>Source: Yu et al. 2022, "CoCa: Contrastive Captioners are Image-Text Foundation Models", section 3.2.</para>
/// </remarks>
public sealed class CaptionLoss : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _paddingId;

    /// <summary>Prepares the loss.</summary>
    /// <param name="paddingId">The id of padding, which is no token to be predicted.</param>
    public CaptionLoss(long paddingId = 0)
        : base(nameof(CaptionLoss))
    {
        _paddingId = paddingId;
    }

    /// <summary>Computes the loss of logits and the tokens that they should have predicted.</summary>
    /// <param name="logits">Logits over the vocabulary [N, L, V].</param>
    /// <param name="labels">The ids of the tokens [N, L], int64.</param>
    /// <returns>A scalar; not a number where all labels are padding.</returns>
    /// <exception cref="ArgumentException">The shapes or the dtype of the labels are not as described.</exception>
    public override Tensor forward(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        var (scores, ids) = (logits.shape, labels.shape);
        if (scores.Length != 3 || ids.Length != 2 || scores[0] != ids[0] || scores[1] != ids[1])
        {
            throw new ArgumentException(
                $"Logits must be [N, L, V] and labels [N, L] but were [{string.Join(", ", scores)}] and [{string.Join(", ", ids)}].", nameof(labels));
        }
        if (labels.dtype != ScalarType.Int64)
            throw new ArgumentException($"Labels must be int64 but were {labels.dtype}.", nameof(labels));

        using var scope = NewDisposeScope();
        return nn.functional.cross_entropy(logits.to(LossArguments.DTypeOf(logits)).flatten(0, 1), labels.flatten(), ignore_index: _paddingId).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the loss of a model's logits on the texts that it read: at each token the next one should have been predicted.</summary>
    /// <param name="logits">Logits over the vocabulary [N, L, V].</param>
    /// <param name="tokens">The ids of the texts [N, L], int64.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes or the dtype of the tokens are not as described.</exception>
    public Tensor OfNextTokens(Tensor logits, Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.dim() != 2 || logits.dim() != 3 || tokens.shape[1] < 2 || tokens.shape[1] != logits.shape[1])
        {
            throw new ArgumentException(
                $"Logits must be [N, L, V] and tokens [N, L] with L of at least 2 but were [{string.Join(", ", logits.shape)}] and [{string.Join(", ", tokens.shape)}].",
                nameof(tokens));
        }
        using var scope = NewDisposeScope();
        var last = tokens.shape[1] - 1;
        return call(logits.narrow(1, 0, last), tokens.narrow(1, 1, last)).MoveToOuterDisposeScope();
    }
}
