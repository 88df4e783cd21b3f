namespace Clip.Models;

/// <summary>Computes a block, from its modules or in kernels.</summary>
/// <param name="tokens">[N, L, W].</param>
/// <param name="mask">Added to the attention logits; null where the tower is causal.</param>
/// <param name="firstValues">The first block's values [N, L, W]; null in the first block.</param>
/// <returns>The output, and the block's own values; both [N, L, W].</returns>
internal delegate (Tensor Tokens, Tensor Values) ModernTextStep(Tensor tokens, Tensor? mask, Tensor? firstValues);
