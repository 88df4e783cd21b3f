namespace Clip.Kernels.Int8;

/// <summary>Quantized activations, row behind row.</summary>
internal unsafe readonly struct QuantizedRows
{
    /// <summary>The first group of the first row.</summary>
    public required int* First { get; init; }

    /// <summary>Groups of a row.</summary>
    public required nint Groups { get; init; }

    /// <summary>What a quantized activation of each row is multiplied by.</summary>
    public required float* Scales { get; init; }

    /// <summary>The rows from one on.</summary>
    public QuantizedRows From(nint row) => this with { First = First + row * Groups, Scales = Scales + row };
}
