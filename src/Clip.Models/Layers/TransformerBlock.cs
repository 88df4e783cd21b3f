namespace Clip.Models;

/// <summary>A block of a transformer.</summary>
/// <remarks>Maps activations [N, L, W] and an optional attention mask, which is added to the attention logits, to the same shape and dtype.</remarks>
internal abstract class TransformerBlock(string name) : nn.Module<Tensor, Tensor?, Tensor>(name);
