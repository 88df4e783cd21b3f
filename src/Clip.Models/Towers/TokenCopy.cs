namespace Clip.Models;

/// <summary>Brings token ids to the device of a text tower.</summary>
internal static class TokenCopy
{
    /// <summary>Ids in int64 on a device; those that are there already are shared.</summary>
    /// <param name="tokens">Checked token ids, integers.</param>
    /// <param name="device">The device.</param>
    public static Tensor ToDevice(Tensor tokens, Device device)
    {
        if (device.type != DeviceType.CUDA || tokens.device_type != DeviceType.CPU)
            return tokens.to(ScalarType.Int64, device);

        // A copy from ordinary memory would wait for all passes that are queued. libtorch keeps pinned memory until its copy has been done.
        using var ids = tokens.to(ScalarType.Int64);
        using var pinned = ids.pin_memory();
        return pinned.to(device, non_blocking: true);
    }
}
