namespace Clip.Kernels.Weights;

/// <summary>The two linear layers that gate channels by their means.</summary>
/// <param name="ReduceWeight">[hidden, channels].</param>
/// <param name="ReduceBias">[hidden].</param>
/// <param name="ExpandWeight">[channels, hidden].</param>
/// <param name="ExpandBias">[channels].</param>
internal sealed record SqueezeExciteWeights(Tensor ReduceWeight, Tensor ReduceBias, Tensor ExpandWeight, Tensor ExpandBias);
