using System.Text.Json.Serialization;

namespace Clip.Benchmarks.Peers;

/// <summary>One line of the comparison.</summary>
/// <param name="Case">What was computed.</param>
/// <param name="Precision">This library's numbers; the peer's are int8 where these are, else float32.</param>
/// <param name="Batch">Inputs at once.</param>
/// <param name="OursMilliseconds">This library's median time.</param>
/// <param name="PeerMilliseconds">The peer's median time.</param>
/// <param name="PeakShare">The share of the rate of the machine's best matrix product that this library reached; 0 where operations were not counted.</param>
internal sealed record PeerResult(
    [property: JsonPropertyName("case"), JsonPropertyOrder(0)] string Case,
    [property: JsonPropertyName("precision"), JsonPropertyOrder(1)] string Precision,
    [property: JsonPropertyName("batch"), JsonPropertyOrder(2)] int Batch,
    [property: JsonPropertyName("ours_ms"), JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double OursMilliseconds,
    [property: JsonPropertyName("peer_ms"), JsonPropertyOrder(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double PeerMilliseconds,
    [property: JsonPropertyName("peak_share"), JsonPropertyOrder(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double PeakShare)
{
    /// <summary>How many times faster this library is.</summary>
    [JsonPropertyName("ratio"), JsonPropertyOrder(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Ratio => Error is null ? PeerMilliseconds / OursMilliseconds : 0;

    /// <summary>Threads of both sides.</summary>
    [JsonPropertyName("threads"), JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Threads { get; init; }

    /// <summary>Why nothing was measured; then the times, the ratio and the share are zero in here and absent in JSON.</summary>
    [JsonPropertyName("error"), JsonPropertyOrder(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>What else was measured, for the table.</summary>
    [JsonIgnore]
    public string? Note { get; init; }
}
