namespace Clip.Kernels.Contracts;

/// <summary>The formula of an activation.</summary>
internal enum ActivationKind
{
    /// <summary>x · Φ(x), with Φ the cumulative normal distribution.</summary>
    Gelu,

    /// <summary>GELU by its approximation with a hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>x · sigmoid(β x), with a coefficient β.</summary>
    Swish,

    /// <summary>The larger of x and 0.</summary>
    Relu,
}
