using Clip.Kernels.Contracts;
using Clip.Kernels.OneDnn;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Kernels.Tests.OneDnn;

[Collection(nameof(TestTensors))]
public sealed class OneDnnTransformerTests
{
    private const int Width = 24, Hidden = 40, Heads = 3;

    public OneDnnTransformerTests() => TorchLibraries.EnsureLoaded();

    // Without a sequence there is no token to choose, which must not pass for all tokens being wanted.
    [Theory]
    [InlineData(false, false), InlineData(true, false), InlineData(false, true)]
    public void ForwardAt_EmptyBatch_HasOneRowPerSequenceOfWhichThereAreNone(bool causal, bool masked)
    {
        Assert.SkipUnless(OneDnnOperators.Serve(ScalarType.Float32), "oneDNN has no packed linear layers for this processor.");
        using var scope = NewDisposeScope();
        using var kernel = new OneDnnTransformer(new() { Heads = Heads, NormEpsilon = 1e-5, Activation = FusedActivation.Swish(1.5), Causal = causal });
        kernel.Append(Block(), isLast: false, rows: 8);
        kernel.Append(Block(), isLast: true, rows: 8);
        var mask = masked ? zeros(0, 1, 5, 5) : null;

        Assert.Equal([0, Width], kernel.ForwardAt(zeros(0, 5, Width), zeros(0, ScalarType.Int64), mask).shape);
        Assert.Equal([0, 5, Width], kernel.Forward(zeros(0, 5, Width), mask).shape);
    }

    public static TheoryData<string> Forms { get; } = new(BlockForms.All.Keys);

    [Theory, MemberData(nameof(Forms))]
    public void Forward_AnyForm_EqualsTheEquations(string form)
    {
        Assert.SkipUnless(OneDnnOperators.Serve(ScalarType.Float32), "oneDNN has no packed linear layers for this processor.");
        using var scope = NewDisposeScope();
        var shape = BlockForms.All[form](7, Width);
        using var kernel = BlockForms.Fill(new OneDnnTransformer(shape), shape, Width);
        var x = TestTensors.Create(3, 7, Width) * 4;
        var expected = BlockForms.Expected(x, shape);

        TestTensors.Close(expected, kernel.Forward(x, null));
        TestTensors.Close(expected.select(1, 2), kernel.ForwardAt(x, full([3], 2, ScalarType.Int64), null));
        foreach (var alone in (int[])[0, 1, 2])
            TestTensors.Close(BlockForms.Expected(x, shape, alone), kernel.ForwardAlone(x, null, alone));
    }

    [Theory]
    [InlineData(1, Heads), InlineData(2, 1), InlineData(2, Heads)]
    public void Forward_MasksThatSequencesShare_EqualsThatOfOwnMasks(int sequences, int heads)
    {
        Assert.SkipUnless(OneDnnOperators.Serve(ScalarType.Float32), "oneDNN has no packed linear layers for this processor.");
        using var scope = NewDisposeScope();
        using var kernel = new OneDnnTransformer(new() { Heads = Heads, NormEpsilon = 1e-5, Activation = FusedActivation.Gelu, Causal = false });
        kernel.Append(Block(), isLast: false, rows: 28);
        kernel.Append(Block(), isLast: true, rows: 28);
        var x = TestTensors.Create(4, 7, Width) * 4;
        var mask = TestTensors.Create(sequences, heads, 7, 7);

        var expected = kernel.Forward(x, mask.repeat(4 / sequences, Heads / heads, 1, 1)).to(ScalarType.Float64);

        TestTensors.Close(expected, kernel.Forward(x, mask));
        TestTensors.Close(expected.select(1, 3), kernel.ForwardAt(x, full([4], 3, ScalarType.Int64), mask));
    }

    private static BlockWeights Block() => new()
    {
        AttentionNorm = (ones(Width), zeros(Width)),
        InputWeight = TestTensors.Create(3 * Width, Width),
        InputBias = TestTensors.Create(3 * Width),
        OutputWeight = TestTensors.Create(Width, Width),
        OutputBias = TestTensors.Create(Width),
        MlpNorm = (ones(Width), zeros(Width)),
        ExpandWeight = TestTensors.Create(Hidden, Width),
        ExpandBias = TestTensors.Create(Hidden),
        ContractWeight = TestTensors.Create(Width, Hidden),
        ContractBias = TestTensors.Create(Width),
    };
}
