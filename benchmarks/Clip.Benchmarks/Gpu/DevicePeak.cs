namespace Clip.Benchmarks.Gpu;

/// <summary>The best rate of a matrix product on a device.</summary>
internal static class DevicePeak
{
    // A GPU is not full below; a CPU takes minutes above.
    private static readonly int[] s_sidesOnGpu = [4096, 8192, 16384], s_sidesOnCpu = [512, 1024];

    /// <summary>Floating-point operations per second of the best square product, and its side.</summary>
    public static (double Rate, int Side) Measure(Device device, ScalarType dtype, DeviceClock clock)
    {
        var sides = device.type == DeviceType.CPU ? s_sidesOnCpu : s_sidesOnGpu;
        return sides.Select(side => (Measure(side, device, dtype, clock), side)).Max();
    }

    private static double Measure(int side, Device device, ScalarType dtype, DeviceClock clock)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn(side, side, device: device).to(dtype), randn(side, side, device: device).to(dtype));
        return 2.0 * side * side * side / clock.SecondsPerCall(() => x.matmul(y).Dispose());
    }
}
