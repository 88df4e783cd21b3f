using System.Globalization;

namespace Clip.Runtime.Kernels;

/// <summary>Linear layers with weights of 8 bits, which multiply activations that are rounded to 8 bits on the way.</summary>
/// <remarks>
/// <para>
/// Weights are symmetric with a scale per output, w ≈ s q with q from -limit to limit. Activations are symmetric with a scale per token,
/// found when they are known: one token with large values, as transformers have them, does not cost the others their digits.
/// Products are summed exactly in 32 bits; the result is scaled back in float32, where bias, activation and addition follow.
/// </para>
/// <para>Source: Dettmers et al. 2022, "LLM.int8()", section 2.1 (vector-wise quantization).</para>
/// </remarks>
/// <param name="limit">Largest magnitude of a quantized weight.</param>
internal sealed class Int8LinearLayers(int limit) : LinearLayers
{
    // Activations are stored with 128 added: oneDNN multiplies unsigned by signed.
    private const int ActivationLimit = 127, Offset = 128;

    // Rows of zeros need a scale too: the smallest normal number of float32.
    private const float SmallestScale = 1.17549435E-38f;

    // libtorch's numbers of its types (c10/core/ScalarType.h).
    private const int UInt8 = 0, Int32 = 3, Float32 = 6;

    private static readonly string s_smallestScale = ((double)SmallestScale).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Weights with a scale per output.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <returns>The quantized weights in int8, and the scales [outputs] in float32.</returns>
    public (Tensor Quantized, Tensor Scale) Quantize(Tensor weight)
    {
        var precise = weight.to(ScalarType.Float32);
        var scale = (precise.abs().amax([1], keepdim: true) / limit).clamp_min(SmallestScale);
        return ((precise / scale).round().to(ScalarType.Int8), scale.squeeze(1));
    }

    /// <inheritdoc/>
    public override (Tensor Weight, Tensor Other) Prepare(Tensor weight, Tensor bias)
    {
        var (quantized, scale) = Quantize(weight);
        return (quantized.contiguous(), stack([scale, bias.to(ScalarType.Float32)]));
    }

    /// <inheritdoc/>
    public override string Methods(string self, FusedActivation activation) => $$"""
          def append_weight(self: {{self}}, weight: Tensor, rows: int) -> int:
            weights = self.weights
            _ = torch.append(weights, ops.onednn.qlinear_prepack(weight, None))
            return torch.len(weights)
          def linear(self: {{self}}, x: Tensor, i: int) -> Tensor:
            scale = torch.clamp_min(torch.div(torch.amax(torch.abs(x), [-1], True), {{ActivationLimit}}.), {{s_smallestScale}})
            q = torch.to(torch.add_(torch.round_(torch.div(x, scale)), {{Offset}}), {{UInt8}})
            rest = self.weights[i + 1]
            none: Optional[Tensor] = None
            zero = torch.zeros([1], dtype={{Int32}})
            y = ops.onednn.qlinear_pointwise(q, 1., {{Offset}}, self.weights[i], torch.select(rest, 0, 0), zero, none, 1., 0, {{Float32}}, "none", annotate(List[Optional[number]], []), "")
            return torch.add_(torch.mul_(y, scale), torch.select(rest, 0, 1))
          def linear_activated(self: {{self}}, x: Tensor, i: int) -> Tensor:
            return {{Activate("self.linear(x, i)", activation)}}
          def linear_added(self: {{self}}, x: Tensor, other: Tensor, i: int) -> Tensor:
            return torch.add_(self.linear(x, i), other)
        """;

    private static string Activate(string x, FusedActivation activation) => activation switch
    {
        FusedActivation.Gelu => $"torch.gelu_({x}, approximate=\"none\")",
        FusedActivation.GeluTanh => $"torch.gelu_({x}, approximate=\"tanh\")",
        FusedActivation.QuickGelu => $"torch.silu_({x})",
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };
}
