using Clip.Runtime.Devices;

namespace Clip.Runtime;

/// <summary>What a model runs on: a device that exists and a precision it can serve.</summary>
/// <remarks>
/// <para>
/// The device is chosen first: "auto" means CUDA where a computation succeeds on the first GPU, else MPS on Apple silicon,
/// else the CPU; any other name means that device or an exception. The precision is then checked against the device.
/// </para>
/// <para>
/// <see cref="Precision.Auto"/> is bfloat16 on CUDA from compute capability 8.0, float16 on 7.x, where bfloat16 is
/// emulated, and float32 below. It is float32 on every CPU, so that embeddings made on one machine can be searched on the next, and on MPS,
/// where no gain has been measured that would outweigh the lost digits.
/// </para>
/// <para>Two targets are equal when device and precision are.</para>
/// </remarks>
public sealed record ComputeTarget
{
    internal ComputeTarget(Device device, Precision precision)
    {
        Device = device;
        Precision = precision;
    }

    /// <summary>The device. CUDA devices have an index, the others have none.</summary>
    public Device Device { get; }

    /// <summary>The precision; never <see cref="Precision.Auto"/>.</summary>
    public Precision Precision { get; }

    /// <summary>The precision as the type of a tensor's elements.</summary>
    public ScalarType DType => Precision switch
    {
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Float16 => ScalarType.Float16,
        Precision.Float32 => ScalarType.Float32,
        _ => throw new InvalidOperationException($"There is no dtype for the precision {Precision}."),
    };

    /// <summary>Finds the device and the precision on this machine.</summary>
    /// <param name="device">"auto", "cpu", "cuda", "cuda:1" (any index) or "mps", in any case.</param>
    /// <param name="precision">The precision, or <see cref="Precision.Auto"/> for the best one of the device.</param>
    /// <exception cref="ArgumentException">The device is none of the accepted names, or the precision is not defined.</exception>
    /// <exception cref="ComputeTargetException">The machine lacks the device, or the device cannot serve the precision.</exception>
    /// <exception cref="TorchNotFoundException">TorchSharp's native libraries are missing.</exception>
    public static ComputeTarget Resolve(string device = "auto", Precision precision = Precision.Auto)
    {
        var request = DeviceRequest.Parse(device);
        if (!Enum.IsDefined(precision))
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "The precision is not defined.");

        TorchLibraries.EnsureLoaded();
        var facts = request.Type == DeviceType.CPU ? DeviceFacts.DetectCpu() : DeviceFacts.Detect();
        return Resolve(request, precision, facts, CudaTrial.FindFault);
    }

    /// <summary>The same on a machine of the given facts.</summary>
    /// <param name="request">The device as the caller wrote it.</param>
    /// <param name="precision">The precision as the caller wrote it.</param>
    /// <param name="facts">The machine.</param>
    /// <param name="findFault">Computes on a GPU; answers why that failed, or null.</param>
    internal static ComputeTarget Resolve(DeviceRequest request, Precision precision, DeviceFacts facts, Func<CudaDevice, string?> findFault)
    {
        var chosen = DeviceRules.Choose(request, facts);
        var card = chosen.type == DeviceType.CUDA ? facts.Driver.Devices[chosen.index] : null;
        var chosenPrecision = PrecisionRules.Choose(chosen, card, precision, facts.FindBFloat16Problem);

        if (card is null || findFault(card) is not { } fault)
            return new ComputeTarget(chosen, chosenPrecision);
        if (request.Type is not null)
            throw new ComputeTargetException(CudaTrial.Explain(card, fault));
        return Resolve(request, precision, facts with { CudaBackendStarts = false }, findFault);
    }

    /// <inheritdoc/>
    public bool Equals(ComputeTarget? other) =>
        other is not null && Device.type == other.Device.type && Device.index == other.Device.index && Precision == other.Precision;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Device.type, Device.index, Precision);

    /// <summary>Device and precision, such as "cuda:0 in bfloat16".</summary>
    public override string ToString() => $"{Device} in {Precision.ToString().ToLowerInvariant()}";
}
