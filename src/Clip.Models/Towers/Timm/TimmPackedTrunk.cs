namespace Clip.Models;

/// <summary>What computes in place of a trunk whose weights are in kernels.</summary>
/// <param name="Encode">Pixels to tokens, [N, 3, H, W] to [N, L, W].</param>
/// <param name="EncodeFeatures">Pixels to features, [N, 3, H, W] to [N, F], where that takes less than all tokens; else null.</param>
/// <param name="EncodePlaces">Pixels to tokens that see themselves alone in so many of the last blocks; null where there are none.</param>
internal sealed record TimmPackedTrunk(Func<Tensor, Tensor> Encode, Func<Tensor, Tensor>? EncodeFeatures = null, Func<Tensor, int, Tensor>? EncodePlaces = null);
