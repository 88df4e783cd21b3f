using System.Runtime.Intrinsics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Networks;
using Clip.Kernels.Float32.Simd;

namespace Clip.Models.Tests.Towers.FastVit;

/// <summary>Branches, norms and gains in one convolution each, against the modules that they are folded from.</summary>
public sealed class FoldingTests
{
    public static TheoryData<string> Kinds => [nameof(TinyConfig.FastVit), nameof(TinyConfig.MobileClip)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fold_Float64_IsExact(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = LivelyWeights.Create(TinyConfig.All[kind], ScalarType.Float64);
        var pixels = TinyConfig.Pixels(network.Config, count: 2).to(ScalarType.Float64);
        var expected = network.Image.GetTokens(pixels);

        using var folded = new FoldedFastVit(Trunk(network).Fold(dispose: false));

        TensorAssert.Close(expected, folded.Forward(pixels), 5e-15 * expected.abs().max().item<double>());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kernel_BothVectorSizesAndAnyThreads_EqualsFloat64AndGivesTheSameBits(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = LivelyWeights.Create(TinyConfig.All[kind], ScalarType.Float32);
        using var precise = LivelyWeights.Create(TinyConfig.All[kind], ScalarType.Float64);
        var pixels = TinyConfig.Pixels(network.Config, count: 3);
        var expected = precise.Image.GetTokens(pixels);
        var tolerance = 1e-5 * expected.abs().max().item<double>();

        using var narrow = new FastVit<Simd256, Vector256<float>>(Trunk(network).Fold(dispose: false));
        using var wide = new FastVit<Simd512, Vector512<float>>(Trunk(network).Fold(dispose: false));

        foreach (var kernel in (IFastVitKernel[])[narrow, wide])
        {
            var actual = kernel.Forward(pixels);
            TensorAssert.Close(expected, actual.to(ScalarType.Float64), tolerance);
            // One image is shared by the threads, several are not.
            TensorAssert.BitEqual(actual.narrow(0, 1, 1).contiguous(), kernel.Forward(pixels.narrow(0, 1, 1)));
        }
    }

    private static FastVitTrunk Trunk(DualEncoder network) => network.Image.modules().OfType<FastVitTrunk>().Single();
}
