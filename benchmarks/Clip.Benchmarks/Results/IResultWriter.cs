namespace Clip.Benchmarks.Results;

/// <summary>Keeps results as a JSON array.</summary>
/// <typeparam name="T">A result.</typeparam>
internal interface IResultWriter<in T> : IDisposable
{
    /// <summary>Adds a result, and keeps it before this returns.</summary>
    void Add(T result);
}
