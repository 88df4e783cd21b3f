namespace Clip.Runtime.Kernels;

/// <summary>Linear layers in the weights' own dtype, packed for oneDNN; activation and addition are computed with the product.</summary>
internal sealed class PackedLinearLayers : LinearLayers
{
    /// <inheritdoc/>
    public override (Tensor Weight, Tensor Other) Prepare(Tensor weight, Tensor bias) => (weight.contiguous(), bias.clone());

    /// <inheritdoc/>
    public override string Methods(string self, FusedActivation activation) => $$"""
          def append_weight(self: {{self}}, weight: Tensor, rows: int) -> int:
            weights = self.weights
            _ = torch.append(weights, {{OneDnn.PackLinear("weight", "rows")}})
            return torch.len(weights)
          def linear(self: {{self}}, x: Tensor, i: int) -> Tensor:
            return {{OneDnn.Linear("x", "self.weights[i]", "self.weights[i + 1]")}}
          def linear_activated(self: {{self}}, x: Tensor, i: int) -> Tensor:
            return {{OneDnn.Linear("x", "self.weights[i]", "self.weights[i + 1]", activation)}}
          def linear_added(self: {{self}}, x: Tensor, other: Tensor, i: int) -> Tensor:
            return {{OneDnn.LinearAdd("x", "other", "self.weights[i]", "self.weights[i + 1]")}}
        """;
}
