namespace Clip.Models;

/// <summary>Writes captions of images, where a model has a decoder for that.</summary>
public interface ICaptioner
{
    /// <summary>Whether the model has a decoder that writes captions.</summary>
    bool CanCaption { get; }

    /// <summary>Writes captions.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <param name="search">How to search; null for the defaults.</param>
    /// <param name="prompt">Token ids that all captions begin with, the start token first; null for the start token alone.</param>
    /// <param name="cancellationToken">Ends the work between tokens.</param>
    /// <returns>Token ids of one caption per image, the start included, and the end where it came before the greatest length.</returns>
    /// <exception cref="NotSupportedException">The model has no caption decoder.</exception>
    /// <exception cref="ArgumentException">The pixels, the search or the prompt are not as described.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IReadOnlyList<long[]> GenerateCaptions(
        Tensor pixels, CaptionSearch? search = null, IReadOnlyList<long>? prompt = null, CancellationToken cancellationToken = default);
}
