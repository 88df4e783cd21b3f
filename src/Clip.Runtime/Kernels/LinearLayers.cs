namespace Clip.Runtime.Kernels;

/// <summary>How a transformer kernel holds and computes its linear layers.</summary>
/// <remarks>Each layer is two tensors of the kernel's list, one behind the other.</remarks>
internal abstract class LinearLayers
{
    /// <summary>Brings a layer into the form of its two tensors.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <returns>What <c>append_weight</c> takes, and what follows it in the list.</returns>
    public abstract (Tensor Weight, Tensor Other) Prepare(Tensor weight, Tensor bias);

    /// <summary>
    /// TorchScript of <c>append_weight(weight, rows)</c>, which packs and appends, and of <c>linear(x, i)</c>,
    /// <c>linear_activated(x, i)</c> and <c>linear_added(x, other, i)</c>, where i is the place of the layer in the list.
    /// </summary>
    /// <param name="self">Type of the object.</param>
    /// <param name="activation">What <c>linear_activated</c> computes of the result.</param>
    public abstract string Methods(string self, FusedActivation activation);
}
