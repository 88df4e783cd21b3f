using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A block of a Swin Transformer in a kernel, which sees windows as sequences.</summary>
/// <param name="Kernel">The block.</param>
/// <param name="Bias">What it adds to the attention logits.</param>
/// <param name="Order">For each place of each window the number of the place in the image.</param>
/// <param name="Places">Places of a window.</param>
internal sealed record PackedSwinBlock(ITransformerKernel Kernel, Tensor Bias, Tensor Order, long Places)
{
    /// <summary>Moves a block's weights into a kernel.</summary>
    /// <param name="block">The block, whose windows fit the image.</param>
    /// <param name="backend">Makes the kernel.</param>
    /// <param name="kernels">Disposes what is made.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="rows">Places that usually pass together.</param>
    public static PackedSwinBlock Create(SwinBlock block, KernelBackend backend, KernelList kernels, int heads, long rows)
    {
        using var noGradients = no_grad();
        var bias = kernels.Add(block.Attention.GetBias().DetachFromDisposeScope());
        var order = kernels.Add(block.Windows.Order().DetachFromDisposeScope());
        var shape = new TransformerShape { Heads = heads, NormEpsilon = SwinConfig.NormEpsilon, Activation = FusedActivation.Gelu, Causal = false };
        var kernel = kernels.Add(TransformerPacking.Fill(backend.CreateTransformer(shape), [block], block => block.Weights, rows));
        return new(kernel, bias, order, (long)block.Windows.Window.Height * block.Windows.Window.Width);
    }
}
