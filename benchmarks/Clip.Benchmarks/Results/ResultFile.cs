using System.Text.Json;

namespace Clip.Benchmarks.Results;

/// <summary>Results in a file that is a whole JSON array after each of them: it is replaced, not appended to.</summary>
/// <typeparam name="T">A result.</typeparam>
internal sealed class ResultFile<T> : IResultWriter<T>
{
    private readonly string _path;
    private readonly List<T> _results = [];

    /// <summary>Writes an empty array, so that a file from an earlier run is not taken for this one's, and a wrong path is known at once.</summary>
    /// <param name="path">The file.</param>
    public ResultFile(string path)
    {
        _path = path;
        Write();
    }

    /// <inheritdoc/>
    public void Add(T result)
    {
        _results.Add(result);
        Write();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write()
    {
        var temporary = $"{_path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_results, ResultJson.Options));
        File.Move(temporary, _path, overwrite: true);
    }
}
