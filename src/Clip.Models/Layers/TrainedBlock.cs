using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A transformer block whose forward and backward passes are computed by kernels.</summary>
/// <remarks>
/// Gradients of the weights are written where libtorch's backward pass would add them, so that no copy is made of them. Autograd knows the block's input
/// alone: what asks it for a weight's gradient in another way, or for second derivatives, needs the modules.
/// </remarks>
internal sealed class TrainedBlock : autograd.SingleTensorFunction<TrainedBlock>
{
    private const string PassKey = "pass";

    public override string Name => nameof(TrainedBlock);

    /// <summary>Runs a block, if there are kernels for it.</summary>
    /// <param name="kernels">The kernels, if there are some.</param>
    /// <param name="weights">The block's weights.</param>
    /// <param name="shape">Its form.</param>
    /// <param name="x">Its input [N, L, W].</param>
    /// <param name="chosen">The token of each sequence that is wanted, [N]; null for all.</param>
    /// <returns>Its output [N, L, W], or [N, W]; null where there are no kernels for it, or for such an input.</returns>
    public static Tensor? TryRun(
        ITrainingKernels? kernels, Func<BlockWeights> weights, TransformerShape shape, Tensor x, IReadOnlyList<long>? chosen = null)
    {
        if (kernels is null || x.dtype != ScalarType.Float32 || x.device_type != DeviceType.CPU || x.dim() != 3 || x.numel() == 0)
            return null;
        using var scope = NewDisposeScope();
        var block = weights();
        if (!kernels.Serves(block, shape))
            return null;
        return Run(kernels, block, shape, BlockTokens.Of(x) with { Chosen = chosen }, x).MoveToOuterDisposeScope();
    }

    private static Tensor Run(ITrainingKernels kernels, BlockWeights weights, TransformerShape shape, BlockTokens tokens, Tensor x)
    {
        if (!is_grad_enabled() || !(x.requires_grad || weights.WantGradients))
        {
            using var pass = kernels.Begin(weights, shape, tokens);
            return pass.Forward(x);
        }

        // The graph reaches the block through its input, also when only its weights want gradients.
        var entrance = x.requires_grad ? x : x.detach().requires_grad_(true);
        return apply(entrance, new Call(kernels, weights, shape, tokens));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, call) = ((Tensor)vars[0], (Call)vars[1]);
        var pass = call.Kernels.Begin(call.Weights, call.Shape, call.Tokens);
        ctx.save_for_backward([x]);
        ctx.save_data(PassKey, pass);
        return pass.Forward(x);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var pass = (IBlockPass)ctx.get_data(PassKey);
        var gradient = pass.SendBack(ctx.get_saved_variables()[0], grad_output);
        // One entry for each argument of apply; the call has none.
        return [gradient.MoveToOuterDisposeScope(), null!];
    }

    private sealed record Call(ITrainingKernels Kernels, BlockWeights Weights, TransformerShape Shape, BlockTokens Tokens);
}
