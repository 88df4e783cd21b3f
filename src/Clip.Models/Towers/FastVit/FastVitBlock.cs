using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A block of a FastViT: what mixes positions, and an MLP.</summary>
internal abstract class FastVitBlock(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Folds norms, branches and gains; call it in a dispose scope.</summary>
    /// <param name="dtype">Dtype of the result.</param>
    public abstract FastVitBlockWeights Fold(ScalarType dtype);
}
