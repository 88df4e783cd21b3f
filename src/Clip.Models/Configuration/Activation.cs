namespace Clip.Models;

/// <summary>The nonlinearity between the two linear layers of an MLP.</summary>
/// <remarks>
/// Weights work only with the activation they were trained with, and do not record it. It comes from the checkpoint's
/// config file, or from whoever knows the weights.
/// </remarks>
public enum Activation
{
    /// <summary>x · Φ(x), with the exact normal distribution (Hendrycks and Gimpel 2016, section 2).</summary>
    Gelu,

    /// <summary>x · sigmoid(1.702 x), the approximation in OpenAI's models (Hendrycks and Gimpel 2016, section 2).</summary>
    QuickGelu,

    /// <summary>The tanh approximation of <see cref="Gelu"/>, in SigLIP's models (Hendrycks and Gimpel 2016, section 2).</summary>
    GeluTanh,

    /// <summary>The larger of x and 0, in NLLB's text towers.</summary>
    Relu,

    /// <summary>x · sigmoid(x), in gated MLPs (Hendrycks and Gimpel 2016, section 4).</summary>
    Silu,
}
