using System.Text.Encodings.Web;
using System.Text.Json;

namespace Clip.Benchmarks.Results;

/// <summary>How results are written as JSON.</summary>
internal static class ResultJson
{
    /// <summary>Indented, quotation marks in reasons as they are.</summary>
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
