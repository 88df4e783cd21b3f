namespace Clip.Losses.Chunks;

/// <summary>What a loss is computed from; the rows are compared with the columns.</summary>
/// <param name="Images">The rows, [n, E].</param>
/// <param name="Texts">The columns, [M, E].</param>
/// <param name="Scale">A scalar.</param>
/// <param name="Bias">A scalar, or null.</param>
/// <param name="WantGradients">Whether gradients are asked for; without, they are left at zero.</param>
internal sealed record PairInputs(Tensor Images, Tensor Texts, Tensor Scale, Tensor? Bias, bool WantGradients = false)
{
    /// <summary>Texts as rows, images as columns.</summary>
    public PairInputs Swapped() => this with { Images = Texts, Texts = Images };
}
