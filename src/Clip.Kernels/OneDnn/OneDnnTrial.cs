using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.OneDnn;

/// <summary>Runs the kernels once in small, to see whether this processor and this libtorch can compute them in a dtype.</summary>
internal static class OneDnnTrial
{
    private const int Width = 32, Hidden = 64, Heads = 2, Tokens = 5;

    /// <summary>Whether all kernels run and answer what they answer in float32, but for rounding.</summary>
    /// <param name="dtype">The dtype of weights that multiply activations; norms are in float32.</param>
    public static bool Succeeds(ScalarType dtype) => AreRight(dtype) == true;

    /// <summary>The same; null where they do not run.</summary>
    public static bool? AreRight(ScalarType dtype)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            return LinearLayersAreRight(dtype)
                && Agree(RunTransformer(dtype), RunTransformer(ScalarType.Float32))
                && Agree(RunResNet(dtype), RunResNet(ScalarType.Float32));
        }
        catch (ExternalException)
        {
            // libtorch lacks an operator, or the processor what it needs.
            return null;
        }
    }

    private static bool Agree(Tensor actual, Tensor expected) => actual.to(ScalarType.Float32).allclose(expected, rtol: 0.05, atol: 0.05);

    // oneDNN has several kernels and chooses by the sizes; those that fill no register have been wrong.
    private static bool LinearLayersAreRight(ScalarType dtype)
    {
        using var trial = TorchScript.Compile("Trial", $"""
              def activated(self: __torch__.Trial, x: Tensor, w: Tensor, b: Tensor, rows: int) -> Tensor:
                return {OneDnnOperators.Linear("x", OneDnnOperators.PackLinear("w", "rows"), "b", FusedActivation.Gelu)}
              def added(self: __torch__.Trial, x: Tensor, y: Tensor, w: Tensor, b: Tensor, rows: int) -> Tensor:
                return {OneDnnOperators.LinearAdd("x", "y", OneDnnOperators.PackLinear("w", "rows"), "b")}
            """);
        (long Rows, long Inputs, long Outputs)[] sizes = [(2, 4, 4), (7, 40, 24), (50, 80, 320), (600, 48, 80), (600, 128, 512), (616, 512, 2048)];
        return sizes.All(size =>
        {
            using var scope = NewDisposeScope();
            var x = TrialTensors.Create(dtype, size.Rows, size.Inputs);
            var (weight, bias) = (TrialTensors.Create(dtype, size.Outputs, size.Inputs), TrialTensors.Create(dtype, size.Outputs));
            var other = TrialTensors.Create(dtype, size.Rows, size.Outputs);
            var product = nn.functional.linear(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
            var activated = trial.Call<Tensor>("activated", x, weight, bias, size.Rows);
            var added = trial.Call<Tensor>("added", x, other, weight, bias, size.Rows);
            return TrialTensors.Error(activated, nn.functional.gelu(product)) <= TrialTensors.Bound(dtype)
                && TrialTensors.Error(added, product.Plus(other.to(ScalarType.Float64))) <= TrialTensors.Bound(dtype);
        });
    }

    private static Tensor RunTransformer(ScalarType dtype)
    {
        var block = new BlockWeights
        {
            AttentionNorm = (ones(Width), zeros(Width)),
            InputWeight = TrialTensors.Create(dtype, 3 * Width, Width),
            InputBias = TrialTensors.Create(dtype, 3 * Width),
            OutputWeight = TrialTensors.Create(dtype, Width, Width),
            OutputBias = TrialTensors.Create(dtype, Width),
            MlpNorm = (ones(Width), zeros(Width)),
            ExpandWeight = TrialTensors.Create(dtype, Hidden, Width),
            ExpandBias = TrialTensors.Create(dtype, Hidden),
            ContractWeight = TrialTensors.Create(dtype, Width, Hidden),
            ContractBias = TrialTensors.Create(dtype, Width),
        };
        using var kernel = new OneDnnTransformer(new() { Heads = Heads, NormEpsilon = 1e-5, Activation = FusedActivation.Swish(1.7), Causal = true });
        kernel.Append(block, isLast: false, rows: Tokens);
        kernel.Append(block, isLast: true, rows: Tokens);
        var x = TrialTensors.Create(dtype, 2, Tokens, Width).Times(10);
        return cat([kernel.Forward(x, null).flatten(), kernel.ForwardAt(x, tensor([2L, 4L]), null).flatten()]);
    }

    private static Tensor RunResNet(ScalarType dtype)
    {
        using var kernel = new OneDnnResNet(
            new(
                [Convolution(4, 3, 3), Convolution(4, 4, 3), Convolution(8, 4, 3)],
                [new BottleneckWeights(Convolution(4, 8, 1), Convolution(4, 4, 3), Convolution(16, 4, 1), Convolution(16, 8, 1), Stride: 2),
                 new BottleneckWeights(Convolution(4, 16, 1), Convolution(4, 4, 3), Convolution(16, 4, 1), null, Stride: 1)]),
            height: 16, width: 16);
        var pixels = TrialTensors.Create(dtype, 2, 3, 16, 16);
        return cat([kernel.Forward(pixels).flatten(), kernel.Forward(pixels.narrow(0, 0, 1)).flatten()]);

        NormedConvolution Convolution(long outputs, long inputs, long kernelSize) => new(
            TrialTensors.Create(dtype, outputs, inputs, kernelSize, kernelSize),
            ones(outputs), zeros(outputs), zeros(outputs), ones(outputs), Epsilon: 1e-5);
    }
}
