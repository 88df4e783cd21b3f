using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Products;

/// <summary>A linear layer of a transformer block with packed weights of whatever precision, and the activation behind it.</summary>
internal sealed unsafe class BlockLinear : ILinearKernel
{
    private readonly IPackedLinear _weights;
    private readonly nint _inputs;
    private readonly FusedActivation? _activation;
    private readonly Scratch _scratch = new();

    private BlockLinear(IPackedLinear weights, nint inputs, FusedActivation? activation)
    {
        (_weights, _inputs, _activation) = (weights, inputs, activation);
    }

    /// <summary>Packs the weights.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    /// <param name="pack">Packs weight and bias.</param>
    public static BlockLinear Create(Tensor weight, Tensor? bias, FusedActivation? activation, Func<Tensor, Tensor?, IPackedLinear> pack)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return new BlockLinear(pack(weight, bias), (nint)weight.shape[1], activation);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var input = x.to(ScalarType.Float32).contiguous();
        var rows = (nint)input.shape[0];
        var output = empty([rows, _weights.Outputs], ScalarType.Float32);
        var source = TensorMemory.Pointer<float>(input);
        var target = TensorMemory.Pointer<float>(output);
        using var scratch = _scratch.Rent(_weights.ScratchLength(rows));
        KernelThreads.Shared.Run(
            KernelThreads.SizeFor((double)rows * _inputs * _weights.Outputs),
            team => _weights.Compute(team, source, rows, target, _weights.Outputs, scratch.Pointer, activation: _activation));
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _scratch.Dispose();
    }
}
