using Clip.Losses;
using Clip.Training.FusedLoss;

namespace Clip.Training.Tests.FusedLoss;

public sealed class FusedContrastiveLossTests
{
    // Float64 is the measure: the fused form errs no more than twice what libtorch's operators in float32 do.
    [Theory]
    [InlineData("CLIP", 1, 5, false)]
    [InlineData("CLIP", 3, 128, true)]
    [InlineData("CLIP", 64, 128, false)]
    [InlineData("CLIP", 130, 24, true)]
    [InlineData("CLIP", 257, 512, false)]
    [InlineData("SigLIP", 1, 5, true)]
    [InlineData("SigLIP", 3, 128, true)]
    [InlineData("SigLIP", 64, 128, false)]
    [InlineData("SigLIP", 130, 24, true)]
    [InlineData("SigLIP", 257, 512, true)]
    [NoTensorLeaks]
    public void Call_ErrsNoMoreThanLibtorch(string name, long count, long width, bool hasBias)
    {
        using var scope = NewDisposeScope();
        using var fused = Fused(name);
        using var plain = Plain(name);
        var inputs = Inputs(count, width, hasBias);
        var exact = Gradients(plain, inputs, ScalarType.Float64);
        var ofLibtorch = Gradients(plain, inputs, ScalarType.Float32);
        var ofFused = Gradients(fused, inputs, ScalarType.Float32);

        // CLIP's value is a mean of differences of logits, which are up to 14 in float32; SigLIP's a sum that may be larger.
        TensorAssert.Close(exact[0], ofFused[0], 5e-7 * Math.Max(1, exact[0].item<double>()));
        foreach (var (expected, libtorch, actual) in exact.Zip(ofLibtorch, ofFused).Skip(1))
            TensorAssert.Close(expected, actual, 2 * Error(expected, libtorch) + 1e-6 * expected.abs().max().item<double>() + 1e-9);
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_ScaledDownstream_ScalesGradients(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Fused(name);
        var inputs = Inputs(9, 6, hasBias: true);
        var once = Gradients(loss, inputs, ScalarType.Float32);
        var thrice = Gradients(loss, inputs, ScalarType.Float32, factor: 3);

        foreach (var (one, three) in once.Zip(thrice).Skip(1))
            TensorAssert.Close(one * 3, three, 1e-6);
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_BatchesOfOtherSizesBetween_GivesTheSameBits(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Fused(name);
        var inputs = Inputs(33, 20, hasBias: false);
        var first = Gradients(loss, inputs, ScalarType.Float32);
        Gradients(loss, Inputs(50, 40, hasBias: false), ScalarType.Float32);
        var again = Gradients(loss, inputs, ScalarType.Float32);

        foreach (var (one, other) in first.Zip(again))
            TensorAssert.BitEqual(one, other);
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_OneThread_GivesTheSameBits(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Fused(name);
        var inputs = Inputs(200, 96, hasBias: false);
        var several = Gradients(loss, inputs, ScalarType.Float32);
        var threads = get_num_threads();
        try
        {
            set_num_threads(threads == 1 ? 3 : 1);
            foreach (var (one, other) in several.Zip(Gradients(loss, inputs, ScalarType.Float32)))
                TensorAssert.BitEqual(one, other);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    // Its length is below what norms are divided by at least.
    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_EmbeddingOfZeros_GivesGradientsOfLibtorch(string name)
    {
        using var scope = NewDisposeScope();
        using var fused = Fused(name);
        using var plain = Plain(name);
        var inputs = Inputs(4, 8, hasBias: false);
        inputs[0]!.select(0, 2).zero_();
        foreach (var (expected, actual) in Gradients(plain, inputs, ScalarType.Float32).Zip(Gradients(fused, inputs, ScalarType.Float32)))
            TensorAssert.Close(expected, actual, 1e-5 * expected.abs().max().item<float>());
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_NotANumber_GivesNone(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Fused(name);
        var inputs = Inputs(5, 8, hasBias: false);
        inputs[1]!.select(0, 3).fill_(float.NaN);

        Assert.True(double.IsNaN(Gradients(loss, inputs, ScalarType.Float32)[0].item<float>()));
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_WithoutGradients_HasNoGraph(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Fused(name);
        var inputs = Inputs(5, 8, hasBias: false);

        Assert.False(loss.call(inputs[0]!, inputs[1]!, inputs[2]!).requires_grad);
    }

    [Theory, InlineData("CLIP"), InlineData("SigLIP"), NoTensorLeaks]
    public void Call_OneSideLocked_SendsGradientsToTheOther(string name)
    {
        using var scope = NewDisposeScope();
        using var fused = Fused(name);
        using var plain = Plain(name);
        Tensor Of(ContrastiveLoss loss)
        {
            var inputs = Inputs(6, 10, hasBias: false);
            var texts = inputs[1]!.requires_grad_(true);
            loss.call(inputs[0]!, texts, inputs[2]!).backward();
            return texts.grad!;
        }
        TensorAssert.Close(Of(plain), Of(fused), 1e-6);
    }

    private static FusedContrastiveLoss Fused(string name) => name == "CLIP" ? FusedContrastiveLoss.OfClip() : FusedContrastiveLoss.OfSigLip();

    private static ContrastiveLoss Plain(string name) => name == "CLIP" ? new ClipLoss() : new SigLipLoss();

    // Images, texts, logit scale and perhaps logit bias; texts are near their images, as while training goes on.
    private static Tensor?[] Inputs(long count, long width, bool hasBias)
    {
        manual_seed(11).Dispose();
        var images = randn([count, width]);
        return [images, images + randn([count, width]), tensor(14f), hasBias ? tensor(-2f) : null];
    }

    // Value, then the gradients of all inputs.
    private static Tensor[] Gradients(ContrastiveLoss loss, Tensor?[] inputs, ScalarType dtype, double factor = 1)
    {
        var leaves = inputs.Select(input => input?.detach().to(dtype, copy: true).requires_grad_(true)).ToArray();
        var value = loss.call(leaves[0]!, leaves[1]!, leaves[2]!, leaves[3]);
        (value * factor).backward();
        return [value.detach(), .. leaves.OfType<Tensor>().Select(leaf => leaf.grad!)];
    }

    private static double Error(Tensor expected, Tensor actual) => (expected - actual.to(ScalarType.Float64)).abs().max().item<double>();
}
