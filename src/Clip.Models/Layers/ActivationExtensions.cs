using Clip.Kernels.Contracts;

namespace Clip.Models;

internal static class ActivationExtensions
{
    /// <summary>The module that computes an activation.</summary>
    public static nn.Module<Tensor, Tensor> CreateModule(this Activation activation) => activation switch
    {
        Activation.Gelu => nn.GELU(),
        Activation.QuickGelu => new QuickGelu(),
        Activation.GeluTanh => nn.GELU(GELU.Approximate.tanh),
        Activation.Relu => nn.ReLU(),
        Activation.Silu => nn.SiLU(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    /// <summary>The same activation in a kernel.</summary>
    public static FusedActivation ToFused(this Activation activation) => activation switch
    {
        Activation.Gelu => FusedActivation.Gelu,
        Activation.QuickGelu => FusedActivation.Swish(QuickGelu.Coefficient),
        Activation.GeluTanh => FusedActivation.GeluTanh,
        Activation.Relu => FusedActivation.Relu,
        Activation.Silu => FusedActivation.Swish(1),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no kernel for this activation."),
    };
}
