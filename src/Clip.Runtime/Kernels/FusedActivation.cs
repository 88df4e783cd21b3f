namespace Clip.Runtime.Kernels;

/// <summary>An activation that is computed while the linear layer before it still has its results in registers.</summary>
internal enum FusedActivation
{
    /// <summary>x · Φ(x).</summary>
    Gelu,

    /// <summary>GELU by its approximation with a hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>
    /// x · sigmoid(1.702 x), which is swish(1.702 x) / 1.702: the factor goes into the linear layer before, its inverse into the one after.
    /// </summary>
    QuickGelu,

    /// <summary>The larger of x and 0.</summary>
    Relu,
}
