using System.Text.Json;

namespace Clip.Benchmarks.Results;

/// <summary>Results as a JSON array on a stream such as standard output, each written when it comes.</summary>
/// <typeparam name="T">A result.</typeparam>
/// <param name="output">Where to; stays open.</param>
internal sealed class ResultStream<T>(TextWriter output) : IResultWriter<T>
{
    private bool _hasResults;

    /// <inheritdoc/>
    public void Add(T result)
    {
        output.Write(_hasResults ? ",\n" : "[\n");
        output.Write(JsonSerializer.Serialize(result, ResultJson.Options));
        output.Flush();
        _hasResults = true;
    }

    /// <summary>Ends the array.</summary>
    public void Dispose() => output.WriteLine(_hasResults ? "\n]" : "[]");
}
