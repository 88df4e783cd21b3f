namespace Clip.Models;

/// <summary>How the features of a tower of timm become embeddings.</summary>
/// <param name="Projection">What stands between them.</param>
/// <param name="Bias">Whether the last matrix of <see cref="TimmProjection.Linear"/> or <see cref="TimmProjection.Mlp"/> has a bias.</param>
public sealed record TimmHeadConfig(TimmProjection Projection, bool Bias = false);
