using System.Runtime.InteropServices;
using Cloud.Unum.USearch;

namespace Clip.Shared.Search;

/// <summary>USearch's C interface. The package's own class keeps back the reservation that adding on several threads needs.</summary>
/// <remarks>Source: <c>c/usearch.h</c> of USearch 2. Errors are static texts.</remarks>
internal static partial class USearchLibrary
{
    private const string Name = "libusearch_c";

    /// <summary>Throws what a call has reported.</summary>
    /// <param name="error">The text; zero where there is none.</param>
    /// <exception cref="USearchException">There is one.</exception>
    public static void Check(nint error)
    {
        if (error != 0)
            throw new USearchException(Marshal.PtrToStringUTF8(error) ?? "");
    }

    [LibraryImport(Name, EntryPoint = "usearch_init")]
    internal static partial nint Create(in GraphOptions options, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_free")]
    internal static partial void Free(nint graph, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Load(GraphHandle graph, string path, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_view", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Map(GraphHandle graph, string path, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_save", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Save(GraphHandle graph, string path, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_size")]
    internal static partial nuint Count(GraphHandle graph, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_dimensions")]
    internal static partial nuint Dimensions(GraphHandle graph, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_reserve")]
    internal static partial void Reserve(GraphHandle graph, nuint capacity, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_change_threads_add")]
    internal static partial void SetAddingThreads(GraphHandle graph, nuint threads, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_add")]
    internal static partial void Add(GraphHandle graph, ulong key, ReadOnlySpan<float> vector, ScalarKind kind, out nint error);

    [LibraryImport(Name, EntryPoint = "usearch_search")]
    internal static partial nuint Search(GraphHandle graph, ReadOnlySpan<float> query, ScalarKind kind, nuint count, Span<ulong> keys, Span<float> distances, out nint error);

    /// <summary><c>usearch_init_options_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct GraphOptions
    {
        /// <summary>A <see cref="MetricKind"/>.</summary>
        public uint Metric { get; init; }

        /// <summary>A function of one's own; none.</summary>
        public nint CustomMetric { get; init; }

        /// <summary>As what vectors are kept, a <see cref="ScalarKind"/>.</summary>
        public uint Kept { get; init; }

        public nuint Dimensions { get; init; }

        public nuint Neighbors { get; init; }

        public nuint BuildBeam { get; init; }

        public nuint SearchBeam { get; init; }

        /// <summary>Whether a key may have several vectors: 1 or 0.</summary>
        public byte IsMulti { get; init; }
    }
}
