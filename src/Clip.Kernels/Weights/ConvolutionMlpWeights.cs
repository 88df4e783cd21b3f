namespace Clip.Kernels.Weights;

/// <summary>A depthwise convolution and an MLP behind it, whose result is added to what went in; gains of the branch are in the last layer.</summary>
/// <param name="Spatial">The depthwise convolution.</param>
/// <param name="ExpandWeight">[hidden, channels].</param>
/// <param name="ExpandBias">[hidden].</param>
/// <param name="ContractWeight">[channels, hidden].</param>
/// <param name="ContractBias">[channels].</param>
internal sealed record ConvolutionMlpWeights(FoldedConvolution Spatial, Tensor ExpandWeight, Tensor ExpandBias, Tensor ContractWeight, Tensor ContractBias);
