using Clip.Shared;

namespace Clip.Models;

/// <summary>The attention mask of a text tower with an appended class token, as CoCa's weights were trained with it.</summary>
/// <remarks>
/// open_clip's mask puts the class token's own column first although the token is last, so each column speaks of the
/// token before it. The published weights know no other mask.
/// </remarks>
internal static class ClassTokenMask
{
    /// <summary>Zero where attention is allowed, minus infinity elsewhere.</summary>
    /// <param name="ids">Token ids [N, L], without the class token.</param>
    /// <param name="config">Says whether the tower is causal and which id pads.</param>
    /// <param name="dtype">Dtype of the mask.</param>
    /// <returns>[N, 1, L + 1, L + 1], broadcast over the heads.</returns>
    public static Tensor Create(Tensor ids, ClipTextConfig config, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (texts, length) = (ids.shape[0], ids.shape[1] + 1);
        var allowed = cat([ones([texts, 1], ScalarType.Bool, ids.device), ids.IsNot(config.PaddingId)], dim: 1)
            .view(texts, 1, 1, length).expand(-1, 1, length, -1);
        if (config.Causal)
            allowed = allowed.logical_and(ones([length, length], ScalarType.Bool, ids.device).tril());
        var mask = zeros([texts, 1, length, length], dtype, ids.device).FillWhere(allowed.logical_not(), double.NegativeInfinity);
        return mask.MoveToOuterDisposeScope();
    }
}
