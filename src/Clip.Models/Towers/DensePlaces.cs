namespace Clip.Models;

/// <summary>The embeddings of an image's places, of what a tower has.</summary>
internal static class DensePlaces
{
    /// <summary>Embeds all places of images.</summary>
    /// <param name="pixels">[N, 3, H, W].</param>
    /// <param name="encode">Pixels to tokens [N, L, W], of which a class token is the first.</param>
    /// <param name="pool">Tokens [N, P, W] to features [N, P, F], of each alone.</param>
    /// <param name="project">Features [M, F] to embeddings [M, E].</param>
    /// <returns>[N, h, w, E].</returns>
    public static Tensor Embed(Tensor pixels, Func<Tensor, Tensor> encode, Func<Tensor, Tensor> pool, Func<Tensor, Tensor> project)
    {
        using var scope = NewDisposeScope();
        var tokens = encode(pixels);
        var (images, count) = (tokens.shape[0], tokens.shape[1]);
        var (height, width) = (pixels.shape[2], pixels.shape[3]);
        // One more than a grid has are those and the class token.
        var grid = TryGrid(count, height, width) ?? TryGrid(count - 1, height, width)
            ?? throw new NotSupportedException($"{count} tokens are no grid over images of {width}x{height}: this tower does not keep places apart.");
        var features = pool(tokens.narrow(1, count - grid.Height * grid.Width, grid.Height * grid.Width));   // [N, P, F]
        return project(features.flatten(0, 1)).view(images, grid.Height, grid.Width, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Pools each token as if it were the only one.</summary>
    /// <param name="tokens">[N, P, W].</param>
    /// <param name="pool">[M, 1, W] to [M, F].</param>
    /// <returns>[N, P, F].</returns>
    public static Tensor Each(Tensor tokens, Func<Tensor, Tensor> pool)
    {
        using var scope = NewDisposeScope();
        var (images, count) = (tokens.shape[0], tokens.shape[1]);
        return pool(tokens.flatten(0, 1).unsqueeze(1)).view(images, count, -1).MoveToOuterDisposeScope();
    }

    // Rows and columns are to each other as the image's sides are, but for a last one that the image does not fill.
    private static ImageSize? TryGrid(long count, long height, long width)
    {
        var rows = (long)Math.Round(Math.Sqrt((double)count * height / width));
        return rows > 0 && count % rows == 0 && Math.Abs(rows * width - count / rows * height) < Math.Max(height, width)
            ? new ImageSize((int)rows, (int)(count / rows))
            : null;
    }
}
