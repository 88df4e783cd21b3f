namespace Clip.Kernels.Int8;

/// <summary>What belongs to a panel of outputs.</summary>
internal unsafe readonly struct QuantizedPanel
{
    /// <summary>For each group of inputs in turn, the quantized weights of all outputs.</summary>
    public required int* Weights { get; init; }

    /// <summary>Where the sums of each output begin: it takes off what is added to unsigned activations.</summary>
    public required int* Starts { get; init; }

    /// <summary>What a quantized weight of each output is multiplied by.</summary>
    public required float* Scales { get; init; }

    /// <summary>The bias of each output.</summary>
    public required float* Bias { get; init; }
}
