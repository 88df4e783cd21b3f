namespace Clip.Losses.Chunks;

/// <summary>A loss and its gradients.</summary>
/// <param name="Value">The loss, a scalar.</param>
/// <param name="Images">Its gradient with respect to the rows.</param>
/// <param name="Texts">Its gradient with respect to the columns.</param>
/// <param name="Scale">Its gradient with respect to the scale.</param>
/// <param name="Bias">Its gradient with respect to the bias, whether there is one or not.</param>
internal sealed record PairGradients(Tensor Value, Tensor Images, Tensor Texts, Tensor Scale, Tensor Bias);
