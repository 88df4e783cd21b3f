namespace Clip;

/// <summary>How far the embedding of many inputs has come.</summary>
/// <param name="Completed">Inputs embedded so far.</param>
/// <param name="Total">Inputs in all; null while their number is not known.</param>
/// <param name="ItemsPerSecond">Inputs per second since the start.</param>
public readonly record struct EmbeddingProgress(long Completed, long? Total, double ItemsPerSecond);
