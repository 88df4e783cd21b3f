using System.Globalization;

namespace Clip.Runtime.Devices;

/// <summary>A device as the caller wrote it.</summary>
/// <param name="Type">The kind of device, or null for "auto".</param>
/// <param name="Index">Which one, for CUDA.</param>
internal readonly record struct DeviceRequest(DeviceType? Type, int Index = 0)
{
    /// <summary>Reads "auto", "cpu", "cuda", "cuda:1" or "mps" in any case.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static DeviceRequest Parse(string device)
    {
        ArgumentNullException.ThrowIfNull(device);

        const string IndexedCuda = "cuda:";
        var name = device.ToLowerInvariant();
        switch (name)
        {
            case "auto":
                return new(Type: null);
            case "cpu":
                return new(DeviceType.CPU);
            case "cuda":
                return new(DeviceType.CUDA);
            case "mps":
                return new(DeviceType.MPS);
        }

        if (name.StartsWith(IndexedCuda, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(IndexedCuda.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return new(DeviceType.CUDA, index);
        }
        throw new ArgumentException($"The device is \"auto\", \"cpu\", \"cuda\", \"cuda:1\" (any index) or \"mps\", but was \"{device}\".", nameof(device));
    }
}
