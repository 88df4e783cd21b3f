using Clip.Kernels.Contracts;

namespace Clip.Kernels.OneDnn;

/// <summary>Linear layers in the weights' own dtype, packed for oneDNN; activation and addition are computed with the product.</summary>
internal static class OneDnnLinearMethods
{
    /// <summary>
    /// TorchScript of <c>append_weight(weight, rows)</c>, which packs and appends, and of <c>linear(x, i)</c>,
    /// <c>linear_activated(x, i)</c> and <c>linear_added(x, other, i)</c>, where i is the index of the layer's weight in the list, before its bias.
    /// </summary>
    /// <param name="self">Type of the object.</param>
    /// <param name="activation">What <c>linear_activated</c> computes of the result.</param>
    public static string Methods(string self, FusedActivation activation) => $$"""
          def append_weight(self: {{self}}, weight: Tensor, rows: int) -> int:
            weights = self.weights
            _ = torch.append(weights, {{OneDnnOperators.PackLinear("weight", "rows")}})
            return torch.len(weights)
          def linear(self: {{self}}, x: Tensor, i: int) -> Tensor:
            return {{OneDnnOperators.Linear("x", "self.weights[i]", "self.weights[i + 1]")}}
          def linear_activated(self: {{self}}, x: Tensor, i: int) -> Tensor:
            return {{OneDnnOperators.Linear("x", "self.weights[i]", "self.weights[i + 1]", activation)}}
          def linear_added(self: {{self}}, x: Tensor, other: Tensor, i: int) -> Tensor:
            return {{OneDnnOperators.LinearAdd("x", "other", "self.weights[i]", "self.weights[i + 1]")}}
        """;
}
