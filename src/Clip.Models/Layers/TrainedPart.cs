using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A part of a network whose forward and backward passes are computed by a kernel.</summary>
/// <remarks>
/// Gradients of the weights are written where libtorch's backward pass would add them, so that no copy is made of them. Autograd knows the part's input
/// alone: what asks it for a weight's gradient in another way, or for second derivatives, needs the modules.
/// </remarks>
internal sealed class TrainedPart : autograd.SingleTensorFunction<TrainedPart>
{
    private const string PassKey = "pass";

    public override string Name => nameof(TrainedPart);

    /// <summary>Runs a part.</summary>
    /// <param name="pass">Its passes, which are disposed here or with the graph.</param>
    /// <param name="x">Its input.</param>
    /// <param name="wantsGradients">Whether one of its weights wants gradients.</param>
    /// <returns>Its output.</returns>
    public static Tensor Run(ITrainingPass pass, Tensor x, bool wantsGradients)
    {
        if (!is_grad_enabled() || !(x.requires_grad || wantsGradients))
        {
            using (pass)
                return pass.Forward(x);
        }

        using var scope = NewDisposeScope();
        // The graph reaches the part through its input; where that wants no gradients, through a number whose gradient costs nothing.
        return apply(x.requires_grad ? x : zeros(1, requires_grad: true), new Input(pass, x, x.requires_grad)).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Input)vars[1];
        ctx.save_for_backward([input.Tensor]);
        ctx.save_data(PassKey, input);
        return input.Pass.Forward(input.Tensor);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var input = (Input)ctx.get_data(PassKey);
        var gradient = input.Pass.SendBack(ctx.get_saved_variables()[0], grad_output);
        // One entry for each argument of apply; the last has none.
        return [(input.WantsGradient ? gradient! : zeros(1)).MoveToOuterDisposeScope(), null!];
    }

    // Not a tensor to autograd, which is to know the way in alone.
    private sealed record Input(ITrainingPass Pass, Tensor Tensor, bool WantsGradient);
}
