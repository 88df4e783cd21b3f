namespace Clip.Kernels.Contracts;

/// <summary>An activation that is computed while the results of the layer before it are in registers or in the first cache.</summary>
internal readonly record struct FusedActivation
{
    private FusedActivation(ActivationKind kind, double coefficient = 0)
    {
        (Kind, Coefficient) = (kind, coefficient);
    }

    /// <summary>x · Φ(x), with Φ the cumulative normal distribution.</summary>
    public static FusedActivation Gelu { get; } = new(ActivationKind.Gelu);

    /// <summary>GELU by its approximation with a hyperbolic tangent.</summary>
    public static FusedActivation GeluTanh { get; } = new(ActivationKind.GeluTanh);

    /// <summary>The larger of x and 0.</summary>
    public static FusedActivation Relu { get; } = new(ActivationKind.Relu);

    /// <summary>The formula.</summary>
    public ActivationKind Kind { get; }

    /// <summary>The coefficient β of <see cref="Swish"/>; 0 for the others.</summary>
    public double Coefficient { get; }

    /// <summary>x · sigmoid(β x). Source: Ramachandran et al. 2017, "Searching for Activation Functions", section 4.</summary>
    /// <param name="coefficient">β, above 0.</param>
    public static FusedActivation Swish(double coefficient) => new(ActivationKind.Swish, coefficient);
}
