using Cloud.Unum.USearch;

namespace Clip.Shared.Search;

/// <summary>USearch's graph of neighbors (HNSW) of float16 vectors, with the numbers of rows as keys.</summary>
/// <remarks>
/// <para>Source: Malkov and Yashunin 2016, "Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs".</para>
/// <para>A graph that is added to belongs to one thread: USearch moves its memory when it grows. One that is mapped is read by any number.</para>
/// <para>
/// Several threads could add where room for all rows was reserved before, but a row that meets one which another thread is still adding loses its links: of 8,000 rows up to 46 were then never found.
/// </para>
/// </remarks>
internal sealed class NeighborGraph : IDisposable
{
    // The beam while building. 64 is USearch's own beam while searching; asking for more rows widens it.
    private const ulong BuildBeam = 128;
    private const ulong SearchBeam = 64;

    // From 16 neighbors a row, recall is 1.0000 at 100,000 vectors like CLIP's.
    private const ulong Neighbors = 16;

    private static readonly Lazy<string?> s_problem = new(TryLibrary);

    private readonly USearchIndex _index;

    // USearch gives each search one of as many slots as the machine has processors, and fails without one.
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    private NeighborGraph(USearchIndex index) => _index = index;

    /// <summary>Why there are no graphs on this machine; null where there are.</summary>
    public static string? LibraryProblem => s_problem.Value;

    /// <summary>Rows in it.</summary>
    public long Count => (long)_index.Size();

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => (int)_index.Dimensions();

    /// <summary>An empty graph.</summary>
    /// <param name="metric">How vectors are compared.</param>
    /// <param name="dimensions">Numbers of a vector.</param>
    public static NeighborGraph Create(VectorMetric metric, int dimensions) =>
        new(new USearchIndex(KindOf(metric), ScalarKind.Float16, (ulong)dimensions, Neighbors, BuildBeam, SearchBeam, false));

    /// <summary>A graph of a file that this library wrote: USearch trusts what it reads, so its hash is compared before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isMapped">Whether it stays in the file and is only searched.</param>
    public static NeighborGraph Open(string path, bool isMapped) => new(new USearchIndex(path, isMapped));

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its number, not in the graph yet.</param>
    /// <param name="vector">Its vector.</param>
    public void Add(long row, float[] vector) => _index.Add((ulong)row, vector);

    /// <summary>Writes the graph to a file.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => _index.Save(path);

    /// <summary>Rows that are probably the closest, in no order that matters: their distances are rounded to float16.</summary>
    /// <param name="query">The vector.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="cancellationToken">Looked at before.</param>
    public long[] Search(float[] query, int wanted, CancellationToken cancellationToken)
    {
        _slots.Wait(cancellationToken);
        try
        {
            var found = _index.Search(query, wanted, out var rows, out _);
            return [.. rows.Take(found).Select(row => (long)row)];
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _slots.Dispose();
    }

    private static MetricKind KindOf(VectorMetric metric) => metric switch
    {
        VectorMetric.Cosine => MetricKind.Cos,
        VectorMetric.InnerProduct => MetricKind.Ip,
        _ => MetricKind.L2sq,
    };

    private static string? TryLibrary()
    {
        try
        {
            using var index = new USearchIndex(MetricKind.Cos, ScalarKind.Float16, 1, Neighbors, BuildBeam, SearchBeam, false);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            return $"USearch's native library is not there for this machine ({e.Message}).";
        }
    }
}
