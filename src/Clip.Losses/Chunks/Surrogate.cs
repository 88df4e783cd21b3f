using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>Hands gradients that are already known to autograd.</summary>
/// <remarks>
/// The gradient of a loss is that of the sum of its inputs, each multiplied by its gradient as a constant. That sum, minus
/// itself as a constant, is zero: added to the value it changes nothing but the graph. Autograd then holds the inputs'
/// gradients and none of the matrices they were computed from.
/// </remarks>
internal static class Surrogate
{
    /// <summary>Computes value and gradients outside of autograd and joins them.</summary>
    /// <param name="inputs">The inputs, with their graphs.</param>
    /// <param name="compute">The computation, given the inputs without their graphs.</param>
    /// <returns>The value, a scalar, through which the gradients reach the inputs.</returns>
    public static Tensor Of(PairInputs inputs, Func<PairInputs, PairGradients> compute)
    {
        using var scope = NewDisposeScope();
        var wantGradients = ((Tensor?[])[inputs.Images, inputs.Texts, inputs.Scale, inputs.Bias]).Any(input => input is { requires_grad: true });
        PairGradients gradients;
        using (no_grad())
        {
            gradients = compute(new PairInputs(
                inputs.Images.detach(), inputs.Texts.detach(), inputs.Scale.detach(), inputs.Bias?.detach(), wantGradients));
        }

        var value = gradients.Value;
        foreach (var (input, gradient) in ((Tensor?, Tensor)[])
            [(inputs.Images, gradients.Images), (inputs.Texts, gradients.Texts), (inputs.Scale, gradients.Scale), (inputs.Bias, gradients.Bias)])
        {
            if (input is not { requires_grad: true })
                continue;
            var product = input.flatten().dot(gradient.flatten());
            value = value.Plus(product - product.detach());
        }
        return value.MoveToOuterDisposeScope();
    }
}
