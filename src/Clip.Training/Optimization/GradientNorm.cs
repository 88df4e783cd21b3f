namespace Clip.Training.Optimization;

/// <summary>The length of all gradients together, as one vector.</summary>
public static class GradientNorm
{
    // torch.nn.utils.clip_grad_norm_ divides by the norm plus this.
    private const double Epsilon = 1e-6;

    /// <summary>Measures the gradients.</summary>
    /// <param name="parameters">Parameters; those without a gradient count nothing.</param>
    /// <returns>The Euclidean norm; not a number, or infinite, when a gradient is.</returns>
    public static double Measure(IEnumerable<NamedParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var norms = parameters.Select(entry => entry.Parameter.grad).OfType<Tensor>().Select(gradient => gradient.norm()).ToList();
        if (norms.Count == 0)
            return 0;
        return stack(norms).to(ScalarType.Float64).norm().item<double>();
    }

    /// <summary>Shortens all gradients by one factor where they are longer than a limit.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="norm">Their norm, as measured.</param>
    /// <param name="maxNorm">The limit; positive.</param>
    public static void Clip(IEnumerable<NamedParameter> parameters, double norm, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        var factor = maxNorm / (norm + Epsilon);
        if (factor < 1)
            Scale(parameters, factor);
    }

    /// <summary>Multiplies all gradients by a factor.</summary>
    internal static void Scale(IEnumerable<NamedParameter> parameters, double factor)
    {
        using var noGradients = no_grad();
        foreach (var entry in parameters)
        {
            using var scope = NewDisposeScope();
            entry.Parameter.grad?.mul_(factor);
        }
    }
}
