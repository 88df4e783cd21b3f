namespace Clip.Training.FusedLoss;

/// <summary>A loss and its gradients.</summary>
/// <param name="Value">The loss, a scalar.</param>
/// <param name="Images">Its gradient with respect to the image embeddings.</param>
/// <param name="Texts">Its gradient with respect to the text embeddings.</param>
/// <param name="Scale">Its gradient with respect to the logit scale.</param>
/// <param name="Bias">Its gradient with respect to the logit bias, whether there is one or not.</param>
internal readonly record struct LossGradients(Tensor Value, Tensor Images, Tensor Texts, Tensor Scale, Tensor Bias);
