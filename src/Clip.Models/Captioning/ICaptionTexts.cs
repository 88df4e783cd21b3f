namespace Clip.Models;

/// <summary>A text tower as the writing of captions needs it: causal, with a class token at the end.</summary>
internal interface ICaptionTexts : ICaptionSource
{
    /// <summary>Number of blocks.</summary>
    int Layers { get; }

    /// <summary>The id of padding, which later tokens do not attend to.</summary>
    int PaddingId { get; }

    /// <summary>Encodes further tokens of texts.</summary>
    /// <param name="ids">Their ids [N, T].</param>
    /// <param name="first">The position of the first of them.</param>
    /// <param name="before">Keys and values of the tokens before them.</param>
    /// <param name="mask">Added to the attention logits, [N, 1, T, all]; null where they see all.</param>
    /// <returns>The tokens for the decoder [N, T, W].</returns>
    Tensor Continue(Tensor ids, long first, KeyValueCache before, Tensor? mask);
}
