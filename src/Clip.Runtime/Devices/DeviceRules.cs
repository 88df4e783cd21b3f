namespace Clip.Runtime.Devices;

/// <summary>Which device a request means on a machine, or why it has no such device.</summary>
internal static class DeviceRules
{
    /// <summary>The oldest driver for a libtorch built with CUDA 12: its drivers serve every 12.x.</summary>
    private static readonly Version OldestDriver = new(12, 0);

    private const string UseCpu = "use the device \"cpu\"";

    /// <summary>Chooses the device: for "auto" CUDA, then MPS, then the CPU.</summary>
    /// <exception cref="ComputeTargetException">The machine does not have the requested device.</exception>
    public static Device Choose(DeviceRequest request, DeviceFacts facts)
    {
        switch (request.Type)
        {
            case null:
                return facts.HasCuda ? new Device(DeviceType.CUDA, 0) : facts.HasMps ? new Device(DeviceType.MPS) : new Device(DeviceType.CPU);

            case DeviceType.CUDA:
                if ((FindCudaProblem(facts) ?? FindIndexProblem(request.Index, facts.Driver.Devices)) is { } cudaProblem)
                    throw new ComputeTargetException(cudaProblem);
                return new Device(DeviceType.CUDA, request.Index);

            case DeviceType.MPS:
                if (FindMpsProblem(facts) is { } mpsProblem)
                    throw new ComputeTargetException(mpsProblem);
                return new Device(DeviceType.MPS);

            case DeviceType.CPU:
                return new Device(DeviceType.CPU);

            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.Type, "There are no rules for this kind of device.");
        }
    }

    /// <summary>Says why CUDA cannot be used, or null when it can.</summary>
    public static DiagnosticProblem? FindCudaProblem(DeviceFacts facts)
    {
        if (facts.HasCuda)
            return null;
        if (facts.CudaPackage is null)
            return new("TorchSharp has no CUDA build for this system.", "Use the device \"auto\".");

        var driver = facts.Driver;
        if (!facts.HasCudaBackend)
        {
            var machine = driver.Devices.Count > 0 ? $" This machine has {driver.Devices[0].Name}." : "";
            return new($"The application references libtorch for the CPU only, so CUDA cannot be used.{machine}",
                $"Reference the package {facts.CudaPackage} in place of the CPU package, or {UseCpu}.");
        }
        if (!driver.IsInstalled)
        {
            return new("CUDA cannot be used: the NVIDIA driver was not found on this machine.",
                $"Install it, start a container with its GPUs (docker run --gpus all), or {UseCpu}.");
        }
        if (driver.CudaVersion is { } version && version < OldestDriver)
        {
            return new($"CUDA cannot be used: the NVIDIA driver serves CUDA {version}, and libtorch needs {OldestDriver} or newer.",
                $"Update the driver, or {UseCpu}.");
        }
        if (driver.Devices.Count == 0)
        {
            return new($"CUDA cannot be used: the NVIDIA driver shows this process no device (code {driver.Status}).",
                $"Check nvidia-smi and the variable CUDA_VISIBLE_DEVICES, or {UseCpu}.");
        }
        return new("CUDA cannot be used: libtorch's CUDA build did not start although the NVIDIA driver has devices.",
            $"Update the driver, or {UseCpu}.");
    }

    private static DiagnosticProblem? FindIndexProblem(int index, IReadOnlyList<CudaDevice> devices)
    {
        if (index < devices.Count)
            return null;

        var names = string.Join(", ", devices.Select(device => $"cuda:{device.Index} ({device.Name})"));
        return new($"The machine has no device cuda:{index}.", $"Use one that it has: {names}.");
    }

    private static DiagnosticProblem? FindMpsProblem(DeviceFacts facts)
    {
        if (facts.HasMps)
            return null;
        return facts.AppleSilicon is { } version
            ? new($"MPS needs macOS 14 or newer, and this is macOS {version}.", $"Update macOS, or {UseCpu}.")
            : new("MPS exists on Apple silicon only.", "Use the device \"auto\".");
    }
}
