namespace Clip.Kernels.Weights;

/// <summary>The weights of an attention with one query per sequence; the keys' bias has no effect.</summary>
/// <param name="QueryWeight">[W, W].</param>
/// <param name="QueryBias">[W].</param>
/// <param name="KeyWeight">[W, W].</param>
/// <param name="ValueWeight">[W, W].</param>
/// <param name="ValueBias">[W].</param>
internal sealed record SingleQueryWeights(Tensor QueryWeight, Tensor QueryBias, Tensor KeyWeight, Tensor ValueWeight, Tensor ValueBias);
