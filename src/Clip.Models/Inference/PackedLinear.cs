using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A linear layer over tokens in a kernel, or with a copy of its weights where there is none.</summary>
/// <remarks>Maps [N, L, inputs] to [N, L, outputs].</remarks>
internal sealed class PackedLinear : IDisposable
{
    private readonly ILinearKernel? _kernel;
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;
    private readonly nn.Module<Tensor, Tensor>? _activation;

    /// <summary>Packs a layer.</summary>
    /// <param name="backend">Makes the kernel.</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">What to compute of the result; null for nothing.</param>
    /// <param name="neverQuantized">Whether the layer keeps its dtype where those of transformers are quantized; it has no activation then.</param>
    public PackedLinear(KernelBackend backend, Tensor weight, Tensor? bias, Activation? activation = null, bool neverQuantized = false)
    {
        using var noGradients = no_grad();
        _kernel = neverQuantized ? backend.TryCreateLinear(weight, bias) : backend.TryCreateBlockLinear(weight, bias, activation?.ToFused());
        if (_kernel is not null)
            return;
        _weight = weight.detach().clone().DetachFromDisposeScope();
        _bias = bias?.detach().clone().DetachFromDisposeScope();
        _activation = activation?.CreateModule();
    }

    /// <summary>Computes the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var output = _kernel is not null ? Unflatten(_kernel.Forward(x.flatten(0, -2)), x) : nn.functional.linear(x, _weight!, _bias);
        return (_activation is null ? output : _activation.call(output)).MoveToOuterDisposeScope();
    }

    private static Tensor Unflatten(Tensor rows, Tensor like) => rows.view([.. like.shape[..^1], rows.shape[1]]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel?.Dispose();
        _weight?.Dispose();
        _bias?.Dispose();
        _activation?.Dispose();
    }
}
