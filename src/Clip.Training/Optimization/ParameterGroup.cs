namespace Clip.Training.Optimization;

/// <summary>Parameters that share a weight decay.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="WeightDecay">The share of a weight that a step with learning rate one takes away; not negative.</param>
public sealed record ParameterGroup(IReadOnlyList<NamedParameter> Parameters, double WeightDecay);
