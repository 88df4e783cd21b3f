using Clip.Kernels.Weights;

namespace Clip.Kernels.Tests;

/// <summary>A transformer block to compute with.</summary>
internal static class KernelBlock
{
    public static BlockWeights Create(long width) => new()
    {
        AttentionNorm = (TestTensors.Create(width) + 1, TestTensors.Create(width)),
        InputWeight = TestTensors.Create(3 * width, width) / 8,
        InputBias = TestTensors.Create(3 * width),
        OutputWeight = TestTensors.Create(width, width) / 4,
        OutputBias = TestTensors.Create(width),
        AttentionScale = TestTensors.Create(width) + 1,
        MlpNorm = (TestTensors.Create(width) + 1, TestTensors.Create(width)),
        ExpandWeight = TestTensors.Create(4 * width, width) / 4,
        ExpandBias = TestTensors.Create(4 * width),
        ContractWeight = TestTensors.Create(width, 4 * width) / 8,
        ContractBias = TestTensors.Create(width),
    };
}
