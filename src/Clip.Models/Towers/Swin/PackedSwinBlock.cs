using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A block of a Swin Transformer in a kernel, which sees windows as sequences.</summary>
/// <param name="Kernel">The block.</param>
/// <param name="Bias">What it adds to the attention logits.</param>
/// <param name="Order">For each place of each window the number of the place in what comes in.</param>
/// <param name="Places">Places of a window.</param>
internal sealed record PackedSwinBlock(ITransformerKernel Kernel, Tensor Bias, Tensor Order, long Places)
{
    /// <summary>Moves a block's weights into a kernel.</summary>
    /// <param name="block">The block, whose windows fit the image.</param>
    /// <param name="backend">Makes the kernel.</param>
    /// <param name="kernels">Disposes what is made.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="rows">Places that usually pass together.</param>
    /// <param name="before">For each place of the image its number in what comes in; null where that is the image.</param>
    public static PackedSwinBlock Create(SwinBlock block, KernelBackend backend, KernelList kernels, int heads, long rows, Tensor? before)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var bias = kernels.Add(block.Attention.GetBias().DetachFromDisposeScope());
        var order = kernels.Add(Compose(before, block.Windows.Order()).DetachFromDisposeScope());
        var shape = new TransformerShape { Heads = heads, NormEpsilon = SwinConfig.NormEpsilon, Activation = FusedActivation.Gelu, Causal = false };
        var kernel = kernels.Add(TransformerPacking.Fill(backend.CreateTransformer(shape), [block], block => block.Weights, rows));
        return new(kernel, bias, order, (long)block.Windows.Window.Height * block.Windows.Window.Width);
    }

    /// <summary>Maps [N, P, C] to the same places in windows.</summary>
    public Tensor Compute(Tensor places) => Kernel.ForwardGathered(places, Order, Places, Bias);

    /// <summary>The numbers, in what comes in, of places that an order names by their numbers in the image.</summary>
    /// <param name="before">For each place of the image its number in what comes in; null where that is the image.</param>
    /// <param name="order">The order, int64.</param>
    public static Tensor Compose(Tensor? before, Tensor order) => before is null ? order : before.index_select(0, order);
}
