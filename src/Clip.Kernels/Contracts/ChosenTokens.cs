namespace Clip.Kernels.Contracts;

/// <summary>Picks one token of each sequence.</summary>
internal static class ChosenTokens
{
    /// <summary>The tokens at some positions; the others are disposed.</summary>
    /// <param name="tokens">All tokens [N, L, W].</param>
    /// <param name="positions">Which of them, int64 [N].</param>
    /// <returns>[N, W].</returns>
    public static Tensor Of(Tensor tokens, Tensor positions)
    {
        using var scope = NewDisposeScope();
        using var all = tokens;
        var index = positions.view(-1, 1, 1).expand(-1, 1, tokens.shape[2]);
        return tokens.gather(1, index).squeeze(1).MoveToOuterDisposeScope();
    }
}
