using Clip.Runtime.Kernels;

namespace Clip.Runtime.Tests.Kernels;

/// <summary>A transformer block to compute with.</summary>
internal static class KernelBlock
{
    public static BlockWeights Create(long width) => new()
    {
        AttentionNorm = (KernelNumbers.Create(width) + 1, KernelNumbers.Create(width)),
        InputWeight = KernelNumbers.Create(3 * width, width) / 8,
        InputBias = KernelNumbers.Create(3 * width),
        OutputWeight = KernelNumbers.Create(width, width) / 4,
        OutputBias = KernelNumbers.Create(width),
        AttentionScale = KernelNumbers.Create(width) + 1,
        PerceptronNorm = (KernelNumbers.Create(width) + 1, KernelNumbers.Create(width)),
        ExpandWeight = KernelNumbers.Create(4 * width, width) / 4,
        ExpandBias = KernelNumbers.Create(4 * width),
        ContractWeight = KernelNumbers.Create(width, 4 * width) / 8,
        ContractBias = KernelNumbers.Create(width),
    };
}
