using Clip.Models;

namespace Clip.Training.Optimization;

/// <summary>Divides a model's trainable parameters into those that decay and those that do not.</summary>
public static class ParameterGroups
{
    /// <summary>Divides the parameters of a model that want gradients.</summary>
    /// <param name="network">The model.</param>
    /// <param name="weightDecay">The decay of those that decay.</param>
    /// <param name="rule">Which do.</param>
    /// <returns>Two groups, the first without decay.</returns>
    public static IReadOnlyList<ParameterGroup> Of(
        DualEncoder network, double weightDecay, WeightDecayRule rule)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Of(
            network.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => new NamedParameter(entry.name, entry.parameter)),
            weightDecay,
            rule);
    }

    /// <summary>Divides any parameters by the names and shapes they have in a model.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="weightDecay">The decay of those that decay.</param>
    /// <param name="rule">Which do.</param>
    /// <returns>Two groups, the first without decay.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weightDecay"/> is negative, or there is no such rule.</exception>
    public static IReadOnlyList<ParameterGroup> Of(
        IEnumerable<NamedParameter> parameters, double weightDecay, WeightDecayRule rule)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        if (!Enum.IsDefined(rule))
            throw new ArgumentOutOfRangeException(nameof(rule), rule, "There is no such rule.");
        var decays = parameters.ToLookup(entry => Decays(entry, rule));
        return [new ParameterGroup([.. decays[false]], 0), new ParameterGroup([.. decays[true]], weightDecay)];
    }

    // Norms, biases and scales are vectors and scalars; every matrix and kernel has two dimensions or more.
    private static bool Decays(NamedParameter entry, WeightDecayRule rule) =>
        entry.Parameter.dim() >= 2
        && !(rule == WeightDecayRule.ExceptGainsBiasesAndPositions && DualEncoder.IsPositionEmbedding(entry.Name));
}
