using System.Diagnostics;
using System.Globalization;

namespace Clip.Benchmarks.Peers;

/// <summary>The best rate of a matrix product in this process, which is what a network's time is measured against.</summary>
/// <remarks>
/// Three ways lead to libtorch's two libraries, MKL and oneDNN, and which is faster depends on the processor: <c>matmul</c>,
/// <c>linear</c>, and the same product as a 1x1 convolution whose channels come last. The best of all ways and sizes counts.
/// </remarks>
internal sealed class MatrixProductPeak
{
    private const int Runs = 5;

    // Where products are emulated, larger ones take minutes and are no faster.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2);

    private static readonly int[] Sides = [1024, 2048, 4096];

    private readonly Dictionary<ScalarType, Measured> _peaks = [];

    /// <summary>Floating-point operations per second, measured when they are asked for the first time.</summary>
    public double GetRate(ScalarType dtype)
    {
        if (!_peaks.TryGetValue(dtype, out var peak))
            _peaks[dtype] = peak = Measure(dtype);
        return peak.Rate;
    }

    /// <summary>One line for each dtype that was measured.</summary>
    public IEnumerable<string> Describe() => _peaks.Select(pair => string.Create(CultureInfo.InvariantCulture,
        $"Best matrix product in {pair.Key}: {pair.Value.Rate / 1e9:F0} GFLOP/s ({pair.Value.Way}, {pair.Value.Side} x {pair.Value.Side} x {pair.Value.Side})."));

    private static Measured Measure(ScalarType dtype)
    {
        using var inference = inference_mode();
        var best = new Measured(0, "", 0);
        foreach (var side in Sides)
        {
            var fastest = Measure(side, dtype);
            if (fastest.Rate > best.Rate)
                best = fastest;
            if (Flops(2 * side) / fastest.Rate > LongEnough.TotalSeconds)
                break;
        }
        return best;
    }

    private static Measured Measure(int side, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (randn(side, side).to(dtype), randn(side, side).to(dtype));
        var places = x.view(1, 1, side, side).permute(0, 3, 1, 2);                    // [1, K, 1, M], channels last
        var kernels = weight.view(side, side, 1, 1);                                  // [N, K, 1, 1]
        (string Name, Func<Tensor> Run)[] ways =
        [
            ("matmul", () => x.matmul(weight)),
            ("linear", () => nn.functional.linear(x, weight)),
            ("1x1 convolution", () => nn.functional.conv2d(places, kernels)),
        ];
        return ways.Select(way => new Measured(Flops(side) / BestSeconds(way.Run), way.Name, side)).MaxBy(measured => measured.Rate);
    }

    private static double Flops(double side) => 2 * side * side * side;

    private static double BestSeconds(Func<Tensor> product)
    {
        var best = double.PositiveInfinity;
        for (var run = 0; run <= Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            using (product())
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (best > LongEnough.TotalSeconds)
                break;
        }
        return best;
    }

    private readonly record struct Measured(double Rate, string Way, int Side);
}
