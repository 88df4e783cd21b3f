namespace Clip.Models;

/// <summary>A text tower whose tokens a caption decoder reads.</summary>
internal interface ICaptionSource
{
    /// <summary>Encodes whole texts.</summary>
    /// <param name="ids">Token ids [N, L].</param>
    /// <returns>The tokens for the decoder [N, L, W], not normed, and the features of the texts [N, W].</returns>
    (Tensor Tokens, Tensor Features) Encode(Tensor ids);
}
