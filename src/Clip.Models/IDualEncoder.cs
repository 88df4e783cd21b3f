namespace Clip.Models;

/// <summary>What a dual encoder is asked for in inference, whatever form its weights have.</summary>
/// <remarks>
/// It is safe from several threads at once. Disposal waits for the passes that run, and those that come later throw
/// <see cref="ObjectDisposedException"/>. Tensors that come in are borrowed, and one that goes out belongs to the caller's dispose scope, if
/// there is one.
/// </remarks>
public interface IDualEncoder : IDisposable
{
    /// <summary>The architecture.</summary>
    DualEncoderConfig Config { get; }

    /// <summary>The image encoder; it is disposed with the dual encoder.</summary>
    IImageEncoder Image { get; }

    /// <summary>The text encoder; it is disposed with the dual encoder.</summary>
    ITextEncoder Text { get; }

    /// <summary>Embeds images.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W], of any floating-point dtype and on any device.</param>
    /// <param name="normalize">Whether the embeddings get unit length.</param>
    /// <returns>Embeddings [N, E].</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    Tensor EncodeImages(Tensor pixels, bool normalize = false);

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">Token ids [N, L], integers, padded after the end token.</param>
    /// <param name="normalize">Whether the embeddings get unit length.</param>
    /// <returns>Embeddings [N, E].</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    Tensor EncodeTexts(Tensor tokens, bool normalize = false);

    /// <summary>Scaled cosine similarities of every image with every text, plus the bias of models that have one.</summary>
    /// <param name="images">Image embeddings [N, E], of any length.</param>
    /// <param name="texts">Text embeddings [M, E], of any length.</param>
    /// <returns>Logits [N, M]: rows are images, columns are texts.</returns>
    Tensor GetLogits(Tensor images, Tensor texts);

    /// <summary>The multiplier on cosine similarities.</summary>
    /// <returns>A scalar.</returns>
    Tensor GetLogitScale();

    /// <summary>What is added to every logit; null for models without.</summary>
    /// <returns>A scalar, or null.</returns>
    Tensor? GetLogitBias();
}
