using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Training;

/// <summary>The weights of a pre-norm transformer block, where they lie.</summary>
/// <param name="weights">The weights; dense in float32.</param>
internal sealed unsafe class BlockPointers(BlockWeights weights)
{
    public float* AttentionGain { get; } = Pointer(weights.AttentionNorm.Weight);

    public float* AttentionShift { get; } = Pointer(weights.AttentionNorm.Bias);

    public float* InputWeight { get; } = Pointer(weights.InputWeight);

    public float* InputBias { get; } = Pointer(weights.InputBias);

    public float* OutputWeight { get; } = Pointer(weights.OutputWeight);

    public float* OutputBias { get; } = Pointer(weights.OutputBias);

    public float* MlpGain { get; } = Pointer(weights.MlpNorm.Weight);

    public float* MlpShift { get; } = Pointer(weights.MlpNorm.Bias);

    public float* ExpandWeight { get; } = Pointer(weights.ExpandWeight);

    public float* ExpandBias { get; } = Pointer(weights.ExpandBias);

    public float* ContractWeight { get; } = Pointer(weights.ContractWeight);

    public float* ContractBias { get; } = Pointer(weights.ContractBias);

    /// <summary>The tensors, which must live as long as the pointers are used.</summary>
    public BlockWeights Weights => weights;

    /// <summary>Whether all weights are as the pointers need them.</summary>
    public static bool Fit(BlockWeights weights) => Array.TrueForAll(
        [
            weights.AttentionNorm.Weight, weights.AttentionNorm.Bias, weights.InputWeight, weights.InputBias, weights.OutputWeight, weights.OutputBias,
            weights.MlpNorm.Weight, weights.MlpNorm.Bias, weights.ExpandWeight, weights.ExpandBias, weights.ContractWeight, weights.ContractBias,
        ],
        Fit);

    /// <summary>Whether a tensor is dense in float32 on the CPU.</summary>
    public static bool Fit(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();

    private static float* Pointer(Tensor tensor) => TensorMemory.Pointer<float>(tensor);
}
