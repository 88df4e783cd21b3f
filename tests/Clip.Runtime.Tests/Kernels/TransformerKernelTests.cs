using Clip.Runtime.Kernels;

namespace Clip.Runtime.Tests.Kernels;

[Collection(nameof(KernelNumbers))]
public sealed class TransformerKernelTests
{
    private const long Width = 24, Hidden = 40, Heads = 3;

    public TransformerKernelTests() => TorchLibraries.EnsureLoaded();

    // Without an image there is no token to choose, which must not pass for all tokens being wanted.
    [Theory]
    [InlineData(false, false), InlineData(true, false), InlineData(false, true)]
    public void ForwardAt_EmptyBatch_HasOneRowPerSequenceOfWhichThereAreNone(bool causal, bool masked)
    {
        Assert.SkipUnless(OneDnn.Serves(ScalarType.Float32), "oneDNN has no packed linear layers for this processor.");
        using var scope = NewDisposeScope();
        using var kernel = new TransformerKernel(Heads, 1e-5, FusedActivation.QuickGelu, causal);
        kernel.Append(Block(), isLast: false, rows: 8);
        kernel.Append(Block(), isLast: true, rows: 8);
        var mask = masked ? zeros(0, 1, 5, 5) : null;

        Assert.Equal([0, Width], kernel.ForwardAt(zeros(0, 5, Width), zeros(0, ScalarType.Int64), mask).shape);
        Assert.Equal([0, 5, Width], kernel.Forward(zeros(0, 5, Width), mask).shape);
    }

    private static BlockWeights Block() => new()
    {
        AttentionNorm = (ones(Width), zeros(Width)),
        InputWeight = KernelNumbers.Create(3 * Width, Width),
        InputBias = KernelNumbers.Create(3 * Width),
        OutputWeight = KernelNumbers.Create(Width, Width),
        OutputBias = KernelNumbers.Create(Width),
        PerceptronNorm = (ones(Width), zeros(Width)),
        ExpandWeight = KernelNumbers.Create(Hidden, Width),
        ExpandBias = KernelNumbers.Create(Hidden),
        ContractWeight = KernelNumbers.Create(Width, Hidden),
        ContractBias = KernelNumbers.Create(Width),
    };
}
