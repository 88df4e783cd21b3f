namespace Clip.Models;

/// <summary>PyTorch's own initialization of linear layers and convolutions, which the original keeps where it sets no other.</summary>
/// <remarks>Source: He et al. 2015, "Delving Deep into Rectifiers", with a gain for slope sqrt(5).</remarks>
internal static class LinearInitializer
{
    public static void Initialize(LinearLayer linear) => Initialize(linear.Weight, linear.BiasOrNull);

    public static void Initialize(Conv2d convolution) => Initialize(convolution.weight!, convolution.bias);

    /// <summary>Draws weights uniformly from ±1/sqrt(inputs).</summary>
    public static void Weight(Tensor weight) => nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));

    /// <summary>Draws a bias uniformly from ±1/sqrt(inputs).</summary>
    public static void Bias(Tensor bias, long inputs) => nn.init.uniform_(bias, -1 / Math.Sqrt(inputs), 1 / Math.Sqrt(inputs));

    private static void Initialize(Tensor weight, Tensor? bias)
    {
        Weight(weight);
        if (bias is not null)
            Bias(bias, weight.numel() / weight.shape[0]);
    }
}
