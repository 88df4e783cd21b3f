using System.Text.Json;

namespace Clip.Benchmarks.Results;

/// <summary>How results are written as JSON.</summary>
internal static class ResultJson
{
    /// <summary>Indented.</summary>
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true };
}
