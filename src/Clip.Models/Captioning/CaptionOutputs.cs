namespace Clip.Models;

/// <summary>What a model with a caption decoder computes of pairs in one pass, for its two losses.</summary>
/// <param name="Images">Image embeddings [N, E], not normalized.</param>
/// <param name="Texts">Text embeddings [N, E], not normalized.</param>
/// <param name="Logits">The decoder's logits over the vocabulary [N, L, V]: at each token for the one that follows it.</param>
public readonly record struct CaptionOutputs(Tensor Images, Tensor Texts, Tensor Logits);
