namespace Clip.Models;

/// <summary>Runs a block without keeping what is inside it for the backward pass, which runs the block again.</summary>
/// <remarks>
/// Between the passes only the block's input is held. Blocks have no randomness and no statistics, so that both runs agree to
/// the bit. Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".
/// </remarks>
internal sealed class RecomputedBlock : autograd.SingleTensorFunction<RecomputedBlock>
{
    private const string BlockKey = "block";

    public override string Name => nameof(RecomputedBlock);

    /// <summary>Runs a block.</summary>
    /// <param name="block">The block; gradients reach its weights as usual.</param>
    /// <param name="x">Its input [N, L, W].</param>
    /// <param name="mask">Its attention mask, or null.</param>
    /// <returns>Its output [N, L, W].</returns>
    public static Tensor Run(TransformerBlock block, Tensor x, Tensor? mask)
    {
        if (x.requires_grad || !block.parameters().Any(parameter => parameter.requires_grad))
            return Apply(x);

        // The graph reaches the block through its input, also when only its weights want gradients.
        using var entrance = x.detach().requires_grad_(true);
        return Apply(entrance);

        Tensor Apply(Tensor input) => mask is null ? apply(input, block) : apply(input, block, mask);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, block, mask) = ((Tensor)vars[0], (TransformerBlock)vars[1], vars.Length > 2 ? (Tensor)vars[2] : null);
        ctx.save_for_backward(mask is null ? [x] : [x, mask]);
        ctx.save_data(BlockKey, block);
        using var noGradients = no_grad();
        return block.call(x, mask);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var block = (TransformerBlock)ctx.get_data(BlockKey);
        using var gradients = enable_grad();
        var x = saved[0].detach().requires_grad_(true);
        var output = block.call(x, saved.Count > 1 ? saved[1] : null);
        autograd.backward([output], [grad_output]);

        // One entry for each argument of apply; the block and the mask have none.
        List<Tensor> result = [x.grad!.MoveToOuterDisposeScope(), null!];
        if (saved.Count > 1)
            result.Add(null!);
        return result;
    }
}
