using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>The product of a linear layer: by kernels where there are some for it, else by libtorch's operator.</summary>
/// <remarks>Gradients of the weights are handled as in <see cref="TrainedPart"/>.</remarks>
internal sealed class LinearProduct : autograd.SingleTensorFunction<LinearProduct>
{
    // Below it, a function of autograd's own costs more than its product.
    private const double WorthFunction = 4e6;

    private const string CallKey = "call";

    public override string Name => nameof(LinearProduct);

    /// <summary>Computes x · weightᵀ + bias.</summary>
    /// <param name="kernels">The kernels, if there are some.</param>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <returns>[..., outputs].</returns>
    public static Tensor Compute(ITrainingKernels? kernels, Tensor x, Tensor weight, Tensor? bias)
    {
        if (kernels is null || !Serves(x, weight, bias, x.numel() / x.shape[^1]))
            return nn.functional.linear(x, weight, bias);
        if (!is_grad_enabled() || !(x.requires_grad || weight.requires_grad || bias is { requires_grad: true }))
            return kernels.Multiply(x, weight, bias);

        using var scope = NewDisposeScope();
        // The graph reaches the layer through its input; where that wants no gradients, through a number whose gradient costs nothing.
        return apply(x.requires_grad ? x : zeros(1, requires_grad: true), new Call(kernels, weight, bias, x.requires_grad), new Input(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes x · matrix.</summary>
    /// <param name="kernels">The kernels, if there are some.</param>
    /// <param name="x">[N, W].</param>
    /// <param name="matrix">[W, E].</param>
    /// <returns>[N, E].</returns>
    public static Tensor Project(ITrainingKernels? kernels, Tensor x, Tensor matrix) =>
        kernels?.TryBeginProjection(matrix, x) is { } pass ? TrainedPart.Run(pass, x, matrix.requires_grad) : x.matmul(matrix);

    /// <summary>Whether kernels compute such a product.</summary>
    /// <param name="x">What is multiplied, or what it is cut out of.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">The bias, or null.</param>
    /// <param name="rows">How many rows are multiplied.</param>
    public static bool Serves(Tensor x, Tensor weight, Tensor? bias, long rows) =>
        IsPlain(x) && Fits(weight) && (bias is null || Fits(bias)) && (double)rows * weight.numel() >= WorthFunction;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (call, x) = ((Call)vars[1], ((Input)vars[2]).Tensor);
        ctx.save_for_backward([x]);
        ctx.save_data(CallKey, call);
        return call.Kernels.Multiply(x, call.Weight, call.Bias);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var call = (Call)ctx.get_data(CallKey);
        var gradient = call.Kernels.SendBack(ctx.get_saved_variables()[0], call.Weight, call.Bias, grad_output, call.WantsInput) ?? zeros(1);
        // One entry for each argument of apply; the last two have none.
        return [gradient.MoveToOuterDisposeScope(), null!, null!];
    }

    // What follows from other weights has its gradient through the graph.
    private static bool Fits(Tensor weight) => IsPlain(weight) && weight.is_leaf && weight.is_contiguous();

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;

    private sealed record Call(ITrainingKernels Kernels, Tensor Weight, Tensor? Bias, bool WantsInput);

    // Not a tensor to autograd, which is to know the way in alone.
    private sealed record Input(Tensor Tensor);
}
