namespace Clip.Runtime.Devices;

/// <summary>Which precision a device works in, and which it cannot serve.</summary>
internal static class PrecisionRules
{
    /// <summary>Chooses the precision: <see cref="Precision.Auto"/> by the device, any other after checking it.</summary>
    /// <param name="device">The chosen device.</param>
    /// <param name="card">The GPU behind it, for CUDA.</param>
    /// <param name="precision">The caller's wish.</param>
    /// <param name="findBFloat16Problem">Says why the CPU cannot compute in bfloat16, or null.</param>
    /// <exception cref="ComputeTargetException">The device cannot serve the precision.</exception>
    public static Precision Choose(Device device, CudaDevice? card, Precision precision, Func<string?> findBFloat16Problem)
    {
        if (precision == Precision.Auto)
            return card is not null ? ChooseForCuda(card) : Precision.Float32;
        if (FindProblem(device, card, precision, findBFloat16Problem) is { } problem)
            throw new ComputeTargetException(problem);
        return precision;
    }

    private static Precision ChooseForCuda(CudaDevice card) =>
        card.HasBFloat16 ? Precision.BFloat16 : card.HasFloat16TensorCores ? Precision.Float16 : Precision.Float32;

    private static DiagnosticProblem? FindProblem(
        Device device, CudaDevice? card, Precision precision, Func<string?> findBFloat16Problem) => (device.type, precision) switch
        {
            (DeviceType.CPU, Precision.BFloat16) => findBFloat16Problem() is { } description ? new(description, "Use float32.") : null,
            (DeviceType.CPU, Precision.Float16) =>
                new("The CPU does not serve float16: it is slower there than float32 and overflows beyond 65,504.", "Use float32 or bfloat16, or a GPU."),
            (DeviceType.CUDA, Precision.BFloat16) when !card!.HasBFloat16 =>
                new($"{Describe(card)} has no bfloat16 arithmetic: libtorch would emulate it, slower than float32.",
                    card.HasFloat16TensorCores ? "Use float16 or float32." : "Use float32."),
            (DeviceType.CUDA, Precision.Float16) when !card!.HasFloat16 =>
                new($"{Describe(card)} has no float16 arithmetic.", "Use float32."),
            _ => null,
        };

    private static string Describe(CudaDevice card) => $"cuda:{card.Index} ({card.Name}, compute capability {card.ComputeCapability})";
}
