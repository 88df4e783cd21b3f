using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A block of an EVA tower with its linear layers in kernels, for blocks that no transformer kernel computes.</summary>
internal sealed class PackedEvaBlock
{
    private readonly EvaBlock _block;
    private readonly ILinearKernel _input, _output, _contract;
    private readonly ILinearKernel[] _expand;

    private PackedEvaBlock(EvaBlock block, ILinearKernel input, ILinearKernel output, ILinearKernel[] expand, ILinearKernel contract)
    {
        _block = block;
        (_input, _output, _expand, _contract) = (input, output, expand, contract);
    }

    /// <summary>Moves the linear layers into kernels; null where there are none, and the module computes.</summary>
    /// <param name="block">The block.</param>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="kernels">Disposes them.</param>
    public static PackedEvaBlock? TryCreate(EvaBlock block, KernelBackend backend, KernelList kernels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (weight, bias) = block.Attention.Input();
        if (backend.TryCreateLinear(weight, bias) is not { } input)
            return null;
        kernels.Add(input);
        return new PackedEvaBlock(block, input, Move(block.Attention.Output), [.. block.Mlp.Expand.Select(Move)], Move(block.Mlp.Contract));

        ILinearKernel Move(LinearLayer layer) => kernels.Add(backend.TryCreateLinear(layer.Weight, layer.Bias)!);
    }

    /// <summary>Computes the block, [N, L, W] to the same shape.</summary>
    public Tensor Forward(Tensor x) => _block.Add(x, Attend, Transform);

    private Tensor Attend(Tensor x)
    {
        using var scope = NewDisposeScope();
        var inputs = Multiply(_input, x).chunk(3, dim: 2);
        return Multiply(_output, _block.Attention.Join(inputs[0], inputs[1], inputs[2])).MoveToOuterDisposeScope();
    }

    private Tensor Transform(Tensor x)
    {
        using var scope = NewDisposeScope();
        var expanded = Array.ConvertAll(_expand, layer => Multiply(layer, x));
        var hidden = expanded is [var gate, var gated] ? _block.Mlp.Gate(gate, gated) : nn.functional.gelu(expanded[0]);
        return Multiply(_contract, hidden).MoveToOuterDisposeScope();
    }

    // [N, L, inputs] to [N, L, outputs]
    private static Tensor Multiply(ILinearKernel layer, Tensor x) => layer.Forward(x.flatten(0, 1)).unflatten(0, x.shape[0], x.shape[1]);
}
