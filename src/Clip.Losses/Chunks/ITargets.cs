namespace Clip.Losses.Chunks;

/// <summary>What a softmax over columns should be.</summary>
internal interface ITargets
{
    /// <summary>The expected logit of some rows under their targets.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="logits">The rows' logits [chunk, M].</param>
    /// <returns>[chunk].</returns>
    Tensor Expected(long start, Tensor logits);

    /// <summary>Subtracts the targets from some rows' probabilities [chunk, M], in place.</summary>
    void SubtractFrom(long start, Tensor probabilities);
}
