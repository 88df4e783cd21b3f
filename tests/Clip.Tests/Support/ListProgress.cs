namespace Clip.Tests;

/// <summary>Progress that is kept, in the order and on the thread of the reports.</summary>
internal sealed class ListProgress<T>(List<T> reports) : IProgress<T>
{
    public void Report(T value) => reports.Add(value);
}
