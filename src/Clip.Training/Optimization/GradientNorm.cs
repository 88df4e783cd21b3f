using System.Numerics;
using Clip.Shared;

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
        var gradients = parameters.Select(entry => entry.Parameter.grad).OfType<Tensor>().ToLookup(FlatTensor.Fits);
        var norms = gradients[false].Select(gradient => gradient.norm()).ToList();
        var others = norms.Count == 0 ? 0 : stack(norms).to(ScalarType.Float64).norm().item<double>();
        return Math.Sqrt(others * others + SumOfSquares([.. gradients[true]]));
    }

    /// <summary>Shortens all gradients by one factor where they are longer than a limit.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="norm">Their norm, as measured.</param>
    /// <param name="maxNorm">The limit; positive.</param>
    public static void Clip(IEnumerable<NamedParameter> parameters, double norm, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        if (ClipFactor(norm, maxNorm) is < 1 and var factor)
            Scale(parameters, factor);
    }

    /// <summary>What gradients are multiplied by to be no longer than a limit; 1 where they are shorter.</summary>
    internal static double ClipFactor(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + Epsilon));

    /// <summary>Multiplies all gradients by a factor.</summary>
    internal static void Scale(IEnumerable<NamedParameter> parameters, double factor)
    {
        using var noGradients = no_grad();
        foreach (var entry in parameters)
        {
            using var scope = NewDisposeScope();
            entry.Parameter.grad?.MultiplyInPlace(factor);
        }
    }

    // In float64, chunk by chunk: the same for all numbers of threads.
    private static double SumOfSquares(IReadOnlyList<Tensor> gradients)
    {
        var sums = new double[gradients.Sum(FlatTensor.ChunksOf)];
        FlatTensor.ForEachChunk(gradients, (which, chunk, index) => sums[index] = SumOfSquares(FlatTensor.Chunk(gradients[which], chunk)));
        return sums.Sum();
    }

    private static double SumOfSquares(ReadOnlySpan<float> elements)
    {
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= elements.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(elements[i..]), out var one, out var other);
            low += one * one;
            high += other * other;
        }
        var sum = Vector.Sum(low + high);
        for (; i < elements.Length; i++)
            sum += (double)elements[i] * elements[i];
        return sum;
    }
}
