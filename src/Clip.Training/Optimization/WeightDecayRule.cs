namespace Clip.Training.Optimization;

/// <summary>Which weights decay.</summary>
public enum WeightDecayRule
{
    /// <summary>All but gains, biases and the logit scale: whatever has fewer than two dimensions (Radford et al. 2021, section 2.5).</summary>
    ExceptGainsAndBiases,

    /// <summary>Position embeddings do not decay either, as in open_clip today.</summary>
    ExceptGainsBiasesAndPositions,
}
