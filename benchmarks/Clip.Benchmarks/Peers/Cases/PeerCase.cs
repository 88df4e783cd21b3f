using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers.Cases;

/// <summary>Something that both sides compute.</summary>
/// <param name="name">What it is.</param>
/// <param name="batch">Inputs at once.</param>
/// <param name="precision">This library's numbers.</param>
/// <param name="quantization">Those of its linear layers.</param>
internal abstract class PeerCase(string name, int batch, Precision precision, WeightQuantization quantization = WeightQuantization.None)
{
    /// <summary>What it is.</summary>
    public string Name => name;

    /// <summary>Inputs at once.</summary>
    public int Batch => batch;

    /// <summary>This library's numbers.</summary>
    public Precision Precision => precision;

    /// <summary>Those of its linear layers.</summary>
    public WeightQuantization Quantization => quantization;

    /// <summary>All of it in words, by which cases are chosen.</summary>
    public string Label => $"{name} batch {batch} {PrecisionName}";

    /// <summary>The peer's graph; null where the library is measured against itself.</summary>
    public abstract string? Graph { get; }

    /// <summary>The dtype of <see cref="Precision"/>.</summary>
    protected ScalarType DType => precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    private string PrecisionName => (quantization == WeightQuantization.None ? precision.ToString() : quantization.ToString()).ToLowerInvariant();

    /// <summary>Runs both sides.</summary>
    public abstract PeerResult Measure(PeerSetting setting);

    /// <summary>Makes the result of a case that could not be measured.</summary>
    /// <param name="reason">Why.</param>
    public PeerResult Fail(Exception reason) =>
        new(name, PrecisionName, batch, 0, 0, 0) { Error = reason.Message.ReplaceLineEndings(" ") };

    /// <summary>Makes the result.</summary>
    /// <param name="setting">Has the machine's best rate.</param>
    /// <param name="ours">Seconds of this library.</param>
    /// <param name="peer">Seconds of the peer.</param>
    /// <param name="flops">Floating-point operations that this library did in its time; null where nobody counted them.</param>
    protected PeerResult Result(PeerSetting setting, double ours, double peer, double? flops) =>
        new(name, PrecisionName, batch, 1000 * ours, 1000 * peer, flops is { } count ? count / ours / setting.Peak.GetRate(DType) : 0)
        {
            Threads = setting.Threads,
        };
}
