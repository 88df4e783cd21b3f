using System.Diagnostics;
using Clip.Benchmarks.Peers;

namespace Clip.Benchmarks.Gpu;

/// <summary>Times work on a device that may compute behind its caller.</summary>
/// <param name="device">The device.</param>
/// <param name="rounds">Timed rounds; their median counts.</param>
/// <param name="roundSeconds">How long a round takes at least.</param>
internal sealed class DeviceClock(Device device, int rounds, double roundSeconds)
{
    private const int MostCalls = 10_000;

    /// <summary>Seconds of a call among many in a row, none of which waits for the one before.</summary>
    public double SecondsPerCall(Action call)
    {
        Seconds(call, 1);                       // libraries are loaded and kernels chosen
        var calls = 1;
        var seconds = Seconds(call, calls);
        while (seconds < roundSeconds && calls < MostCalls)
        {
            calls = Math.Min(MostCalls, Math.Max(2 * calls, (int)(calls * roundSeconds / seconds)));
            seconds = Seconds(call, calls);
        }
        return Interleaved.Median([.. Enumerable.Range(0, rounds).Select(_ => Seconds(call, calls) / calls)]);
    }

    private double Seconds(Action call, int calls)
    {
        Wait();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            call();
        Wait();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Wait()
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }
}
