namespace Clip.Runtime.Kernels;

/// <summary>The weights of the attention of a picture's mean to all its places.</summary>
/// <param name="Positions">Added to the mean and the places, [1 + P, C].</param>
/// <param name="Attention">Queries, keys and values.</param>
/// <param name="Heads">Attention heads.</param>
internal sealed record AttentionPoolWeights(Tensor Positions, SingleQueryWeights Attention, int Heads);
