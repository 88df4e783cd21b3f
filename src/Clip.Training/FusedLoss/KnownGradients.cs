using Clip.Shared;

namespace Clip.Training.FusedLoss;

/// <summary>Hands gradients that are already known to autograd.</summary>
internal sealed class KnownGradients : autograd.SingleTensorFunction<KnownGradients>
{
    public override string Name => nameof(KnownGradients);

    /// <summary>Joins a value and its gradients.</summary>
    /// <param name="value">The value, a scalar without a graph.</param>
    /// <param name="inputs">Its inputs, some of which may be absent or want no gradients, and the gradients with respect to them.</param>
    /// <returns>The value, through which the gradients reach the inputs.</returns>
    public static Tensor Join(Tensor value, IEnumerable<(Tensor? Input, Tensor Gradient)> inputs)
    {
        var wanted = inputs.Where(input => input.Input is { requires_grad: true }).ToList();
        if (!is_grad_enabled() || wanted.Count == 0)
            return value.alias();
        return apply([.. wanted.Select(input => input.Input!), new Known(value, [.. wanted.Select(input => input.Gradient)])]);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var known = (Known)vars[^1];
        ctx.save_for_backward(known.Gradients);
        return known.Value.alias();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var factor = grad_output.item<float>();
        // One entry for each argument of apply; the last has none.
        return [.. ctx.get_saved_variables().Select(gradient => factor == 1 ? gradient : gradient.Times(factor)), null!];
    }

    private sealed record Known(Tensor Value, List<Tensor> Gradients);
}
