using Clip.Shared;

namespace Clip.Models;

/// <summary>Leaves out a random share of the patches while training; the class token always stays.</summary>
/// <remarks>
/// <para>Maps [N, 1 + P, W] to [N, 1 + kept, W] in training mode, and to itself in evaluation mode.</para>
/// <para>Source: Li et al. 2022, "Scaling Language-Image Pre-training via Masking", section 3.</para>
/// </remarks>
internal sealed class PatchDropout(double share) : ParameterLessModule<Tensor, Tensor>(nameof(PatchDropout))
{
    /// <summary>Whether patches are left out now.</summary>
    public bool IsActive => training && share != 0;

    public override Tensor forward(Tensor x)
    {
        if (!IsActive)
            return x.alias();

        using var scope = NewDisposeScope();
        var patches = x.shape[1] - 1;
        var kept = Math.Max(1, (long)(patches * (1 - share)));
        var chosen = rand([x.shape[0], patches], device: x.device).topk((int)kept, dim: 1).indexes.Plus(1);   // [N, kept]
        var indices = chosen.unsqueeze(2).expand(-1, -1, x.shape[2]);                                      // [N, kept, W]
        return cat([x.narrow(1, 0, 1), x.gather(1, indices)], dim: 1).MoveToOuterDisposeScope();
    }
}
