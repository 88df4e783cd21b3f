namespace Clip.Losses;

/// <summary>A loss over a batch of pairs, in which every image is compared with every text.</summary>
/// <remarks>
/// <para>
/// Maps image embeddings [N, E], text embeddings [N, E] of which row i belongs to image i, a logit scale and perhaps a
/// logit bias to a scalar. It knows embeddings and scalars, never a model, and has no weights.
/// </para>
/// <para>Embeddings in half precision are computed with in float32, which is then the dtype of the loss.</para>
/// </remarks>
public abstract class ContrastiveLoss : nn.Module<Tensor, Tensor, Tensor, Tensor?, Tensor>
{
    private readonly bool _normalize;

    /// <summary>Prepares a loss.</summary>
    /// <param name="name">The name of the module.</param>
    /// <param name="normalize">Whether embeddings are brought to unit length first; false when they have it already.</param>
    protected ContrastiveLoss(string name, bool normalize)
        : base(name)
    {
        _normalize = normalize;
    }

    /// <summary>Computes the loss of a model without logit bias.</summary>
    /// <param name="images">Image embeddings [N, E].</param>
    /// <param name="texts">Text embeddings [N, E]; row i belongs to image i.</param>
    /// <param name="logitScale">The multiplier on cosine similarities, a scalar; not its logarithm.</param>
    /// <returns>A scalar, through which gradients reach all arguments that want them.</returns>
    /// <exception cref="ArgumentException">The shapes are not as described.</exception>
    public Tensor call(Tensor images, Tensor texts, Tensor logitScale) => call(images, texts, logitScale, null);

    /// <summary>Computes the loss.</summary>
    /// <param name="images">Image embeddings [N, E].</param>
    /// <param name="texts">Text embeddings [N, E]; row i belongs to image i.</param>
    /// <param name="logitScale">The multiplier on cosine similarities, a scalar; not its logarithm.</param>
    /// <param name="logitBias">What is added to every logit, a scalar; or null.</param>
    /// <returns>A scalar, through which gradients reach all arguments that want them.</returns>
    /// <exception cref="ArgumentException">The shapes are not as described.</exception>
    public sealed override Tensor forward(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias)
    {
        LossArguments.RequirePairs(images, texts);
        LossArguments.RequireScalar(logitScale, nameof(logitScale));
        if (logitBias is not null)
            LossArguments.RequireScalar(logitBias, nameof(logitBias));

        using var scope = NewDisposeScope();
        var dtype = LossArguments.DTypeOf(images);
        return Compute(
            LossArguments.Prepare(images, dtype, _normalize),
            LossArguments.Prepare(texts, dtype, _normalize),
            logitScale.to(dtype),
            logitBias?.to(dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the loss of embeddings that were checked, converted and, where that was asked for, brought to unit length.</summary>
    /// <param name="images">Image embeddings [N, E], float32 or float64.</param>
    /// <param name="texts">Text embeddings [N, E] of the same dtype.</param>
    /// <param name="logitScale">A scalar of the same dtype.</param>
    /// <param name="logitBias">A scalar of the same dtype, or null.</param>
    /// <returns>A scalar.</returns>
    protected abstract Tensor Compute(Tensor images, Tensor texts, Tensor logitScale, Tensor? logitBias);
}
