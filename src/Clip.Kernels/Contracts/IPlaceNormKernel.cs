namespace Clip.Kernels.Contracts;

/// <summary>Places of images side by side in some order, and a norm of what that makes, for inference on a CPU.</summary>
internal interface IPlaceNormKernel : IDisposable
{
    /// <summary>Gathers and norms.</summary>
    /// <param name="places">[N, P, C].</param>
    /// <param name="order">For each place of the result, and for each of the k that it has side by side, the number of the place, int64 [Q · k].</param>
    /// <returns>[N, Q, k · C].</returns>
    Tensor Forward(Tensor places, Tensor order);
}
