using System.Numerics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Cloud.Unum.USearch;

namespace Clip.Shared.Search;

/// <summary>USearch's graph of neighbors (HNSW) of float16 vectors, with the numbers of rows as keys.</summary>
/// <remarks>
/// <para>Source: Malkov and Yashunin 2016, "Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs".</para>
/// <para>Rows are added to it by <see cref="AddRows"/> and nobody searches meanwhile; it is searched by any number of threads.</para>
/// </remarks>
internal sealed class NeighborGraph : IDisposable
{
    // The beam while building. 64 is USearch's own beam while searching; asking for more rows widens it.
    private const int BuildBeam = 128;
    private const int SearchBeam = 64;

    // From 16 neighbors a row, recall is 1.0000 at 100,000 vectors like CLIP's.
    private const int Neighbors = 16;

    // Rows that a thread takes at once: few enough that threads end together, many enough that taking them costs nothing.
    private const int RowsAtOnce = 64;

    // Until a graph has so many rows, one thread adds them.
    private const int RowsOfOneThread = 4096;

    private static readonly Lazy<string?> s_problem = new(TryLibrary);

    private readonly GraphHandle _graph;

    // USearch gives each search one of as many slots as the machine has processors, and fails without one.
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    private NeighborGraph(GraphHandle graph) => _graph = graph;

    /// <summary>Why there are no graphs on this machine; null where there are.</summary>
    public static string? LibraryProblem => s_problem.Value;

    /// <summary>Rows in it.</summary>
    public long Count
    {
        get
        {
            var count = USearchLibrary.Count(_graph, out var error);
            USearchLibrary.Check(error);
            return (long)count;
        }
    }

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions
    {
        get
        {
            var dimensions = USearchLibrary.Dimensions(_graph, out var error);
            USearchLibrary.Check(error);
            return (int)dimensions;
        }
    }

    /// <summary>An empty graph.</summary>
    /// <param name="metric">How vectors are compared.</param>
    /// <param name="dimensions">Numbers of a vector.</param>
    public static NeighborGraph Create(VectorMetric metric, int dimensions) => new(NewHandle(KindOf(metric), dimensions));

    /// <summary>A graph of a file that this library wrote: USearch trusts what it reads, so its hash is compared before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isMapped">Whether it stays in the file and is only searched.</param>
    public static NeighborGraph Open(string path, bool isMapped)
    {
        var graph = new GraphHandle(default);
        try
        {
            nint error;
            if (isMapped)
                USearchLibrary.Map(graph, path, out error);
            else
                USearchLibrary.Load(graph, path, out error);
            USearchLibrary.Check(error);
            return new NeighborGraph(graph);
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows on several threads.</summary>
    /// <remarks>
    /// <para>
    /// Which neighbors a row has then depends on the threads' pace. A row may also be lost to searches: where it finds its way to one that another thread is still adding, the
    /// links between them are forgotten when that one gets its own. It takes two close rows at the same time, so rows that lie side by side, which often are alike, are not added at the same time, and a small
    /// graph has one thread: of n rows, some ln(n / 4096) are lost for each further thread.
    /// </para>
    /// </remarks>
    /// <param name="begin">The first.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="add">Adds those of a range by <see cref="Add"/>, each once or not at all; called by several threads, each with ranges of its own, in any order.</param>
    /// <param name="cancellationToken">Looked at between ranges.</param>
    /// <param name="threads">How many threads at most; null for the machine's processors.</param>
    /// <exception cref="OperationCanceledException">It was canceled; what was added stays.</exception>
    public void AddRows(long begin, long end, Action<long, long> add, CancellationToken cancellationToken, int? threads = null)
    {
        if (begin >= end)
            return;
        // Room for all and a slot for each thread, since neither may change while rows are added.
        var most = threads ?? Environment.ProcessorCount;
        USearchLibrary.Reserve(_graph, (nuint)(Count + end - begin), out var error);
        USearchLibrary.Check(error);
        USearchLibrary.SetAddingThreads(_graph, (nuint)most, out error);
        USearchLibrary.Check(error);

        var ranges = (end - begin + RowsAtOnce - 1) / RowsAtOnce;
        var stride = FarStride(ranges);
        var next = 0L;
        for (; next < ranges && Count < RowsOfOneThread; next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddRange(next);
        }
        try
        {
            Parallel.For(next, ranges, new ParallelOptions { MaxDegreeOfParallelism = most, CancellationToken = cancellationToken }, AddRange);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        void AddRange(long place)
        {
            var first = begin + place * stride % ranges * RowsAtOnce;
            add(first, Math.Min(first + RowsAtOnce, end));
        }
    }

    /// <summary>Adds a row, within <see cref="AddRows"/>.</summary>
    /// <param name="row">Its number, not in the graph yet.</param>
    /// <param name="vector">Its vector.</param>
    public void Add(long row, ReadOnlySpan<float> vector)
    {
        USearchLibrary.Add(_graph, (ulong)row, vector, ScalarKind.Float32, out var error);
        USearchLibrary.Check(error);
    }

    /// <summary>Writes the graph to a file.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        USearchLibrary.Save(_graph, path, out var error);
        USearchLibrary.Check(error);
    }

    /// <summary>Rows that are probably the closest, in no order that matters: their distances are rounded to float16.</summary>
    /// <param name="query">The vector.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="cancellationToken">Looked at before.</param>
    public long[] Search(ReadOnlySpan<float> query, int wanted, CancellationToken cancellationToken)
    {
        _slots.Wait(cancellationToken);
        try
        {
            var rows = new long[wanted];
            var found = USearchLibrary.Search(_graph, query, ScalarKind.Float32, (nuint)wanted, MemoryMarshal.Cast<long, ulong>(rows.AsSpan()), new float[wanted], out var error);
            USearchLibrary.Check(error);
            return rows[..(int)found];
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _graph.Dispose();
        _slots.Dispose();
    }

    // A step through all of them, each once, in which those that follow each other are far apart: the golden ratio's.
    private static long FarStride(long ranges)
    {
        var stride = Math.Max((long)(ranges * 0.618), 1);
        while (BigInteger.GreatestCommonDivisor(stride, ranges) != 1)
            stride++;
        return stride;
    }

    private static GraphHandle NewHandle(MetricKind metric, int dimensions) => new(new USearchLibrary.GraphOptions
    {
        Metric = (uint)metric,
        Kept = (uint)ScalarKind.Float16,
        Dimensions = (nuint)dimensions,
        Neighbors = Neighbors,
        BuildBeam = BuildBeam,
        SearchBeam = SearchBeam,
    });

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
            using var graph = NewHandle(MetricKind.Cos, 1);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            return $"USearch's native library is not there for this machine ({e.Message}).";
        }
    }
}
