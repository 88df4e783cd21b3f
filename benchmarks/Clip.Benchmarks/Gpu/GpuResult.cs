using System.Text.Json.Serialization;

namespace Clip.Benchmarks.Gpu;

/// <summary>One line of the table.</summary>
/// <param name="Model">The architecture.</param>
/// <param name="Input">"image" or "text".</param>
/// <param name="Batch">Inputs at once.</param>
/// <param name="InputsPerSecond">Embeddings per second.</param>
/// <param name="Milliseconds">Time of a batch among many.</param>
/// <param name="PeakShare">The share of the rate of the device's best matrix product in the same precision.</param>
internal sealed record GpuResult(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("input")] string Input,
    [property: JsonPropertyName("batch")] int Batch,
    [property: JsonPropertyName("inputs_per_second")] double InputsPerSecond,
    [property: JsonPropertyName("batch_ms")] double Milliseconds,
    [property: JsonPropertyName("peak_share")] double PeakShare);
