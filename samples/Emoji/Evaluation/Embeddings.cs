using Clip.Models;
using Clip.Tokenization;
using Training.Shared;

namespace Emoji.Evaluation;

/// <summary>Embeddings of many images and texts, some at a time.</summary>
internal static class Embeddings
{
    private const int AtOnce = 256;

    /// <summary>Embeds images.</summary>
    /// <param name="network">The model, in evaluation mode.</param>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <returns>[N, E], of unit length.</returns>
    public static Tensor OfImages(DualEncoder network, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return cat([.. pixels.split(AtOnce).Select(some => network.EncodeImages(some, normalize: true))]).MoveToOuterDisposeScope();
    }

    /// <summary>Embeds texts.</summary>
    /// <returns>[N, E], of unit length.</returns>
    public static Tensor OfTexts(DualEncoder network, ClipTokenizer tokenizer, IEnumerable<string> texts)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return cat([.. texts.Chunk(AtOnce).Select(some => network.EncodeTexts(TokenRows.Of(tokenizer, some), normalize: true))]).MoveToOuterDisposeScope();
    }
}
