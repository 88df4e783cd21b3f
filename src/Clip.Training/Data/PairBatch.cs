namespace Clip.Training.Data;

/// <summary>Images and their captions, ready for the towers; row i of one belongs to row i of the other.</summary>
public sealed class PairBatch : IDisposable
{
    /// <summary>Makes a batch that owns its tensors.</summary>
    /// <param name="images">Normalized pixels, float32 [N, 3, H, W], on the CPU.</param>
    /// <param name="tokens">Token ids, int64 [N, L], on the CPU.</param>
    /// <param name="next">The position after the batch.</param>
    /// <param name="skipped">How many unreadable samples were passed over to fill the batch.</param>
    /// <remarks>The tensors leave any dispose scope that is open, since the batch outlives the code that made it.</remarks>
    /// <exception cref="ArgumentException">The tensors differ in their number of rows, or have other dimensions.</exception>
    public PairBatch(Tensor images, Tensor tokens, PairPosition next, int skipped = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(skipped);
        if (images.dim() != 4 || tokens.dim() != 2 || images.shape[0] != tokens.shape[0])
        {
            throw new ArgumentException(
                $"A batch has images [N, 3, H, W] and tokens [N, L] but these were [{string.Join(", ", images.shape)}] and [{string.Join(", ", tokens.shape)}].",
                nameof(images));
        }

        Images = images.DetachFromDisposeScope();
        Tokens = tokens.DetachFromDisposeScope();
        Next = next;
        Skipped = skipped;
    }

    /// <summary>Normalized pixels, float32 [N, 3, H, W].</summary>
    public Tensor Images { get; }

    /// <summary>Token ids, int64 [N, L].</summary>
    public Tensor Tokens { get; }

    /// <summary>The position after the batch: a source that starts there continues with the next pair.</summary>
    public PairPosition Next { get; }

    /// <summary>How many unreadable samples were passed over to fill the batch.</summary>
    public int Skipped { get; }

    /// <summary>How many pairs, N.</summary>
    public int Count => (int)Images.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Tokens.Dispose();
    }
}
