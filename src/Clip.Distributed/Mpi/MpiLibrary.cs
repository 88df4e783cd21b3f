using System.Runtime.InteropServices;
using Clip.Training.Distributed;

namespace Clip.Distributed.Mpi;

/// <summary>An MPI library of the system, chosen at run time, and its functions.</summary>
internal sealed unsafe partial class MpiLibrary
{
    // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI and 8192 in MPICH.
    private const int LongestVersion = 8192;

    private const int LazyGlobal = 0x101;    // RTLD_LAZY | RTLD_GLOBAL: Open MPI's plug-ins look for its symbols
    private const int LazyGlobalMac = 0x9;

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.40.dylib", "libmpi.so"];
    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpich.12.dylib", "libmpi.12.dylib", "msmpi.dll", "impi.dll"];

    // Of whatever library: the launcher's own, where it is installed for that.
    private static readonly string[] StandardNames = ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi_abi.so", "libmpi_abi.1.dylib", "libmpi_abi.0.dylib", "libmpi_abi.dylib"];

    private readonly delegate* unmanaged<int*, byte***, int, int*, int> _initialize;
    private readonly delegate* unmanaged<int*, int> _isInitialized;
    private readonly delegate* unmanaged<int> _finalize;
    private readonly delegate* unmanaged<nint, int, int> _abort;
    private readonly delegate* unmanaged<nint, int*, int> _rank;
    private readonly delegate* unmanaged<nint, int*, int> _size;
    private readonly delegate* unmanaged<nint, int> _barrier;
    private readonly delegate* unmanaged<nint, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<nint, int, nint, nint, int, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, nint, int> _reduceScatter;

    private MpiLibrary(string name, nint library, string version, MpiFlavor flavor)
    {
        (Name, Version, Flavor) = (name, version, flavor);
        Handles = MpiHandles.Of(flavor, library);
        _initialize = (delegate* unmanaged<int*, byte***, int, int*, int>)NativeLibrary.GetExport(library, "MPI_Init_thread");
        _isInitialized = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "MPI_Initialized");
        _finalize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "MPI_Finalize");
        _abort = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "MPI_Abort");
        _rank = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_rank");
        _size = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_size");
        _barrier = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "MPI_Barrier");
        _broadcast = (delegate* unmanaged<nint, int, nint, int, nint, int>)NativeLibrary.GetExport(library, "MPI_Bcast");
        _allReduce = (delegate* unmanaged<nint, nint, int, nint, nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Allreduce");
        _allGather = (delegate* unmanaged<nint, int, nint, nint, int, nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Allgather");
        _reduceScatter = (delegate* unmanaged<nint, nint, int, nint, nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Reduce_scatter_block");
    }

    /// <summary>The file's name or path.</summary>
    public string Name { get; }

    /// <summary>What the library says it is.</summary>
    public string Version { get; }

    public MpiFlavor Flavor { get; }

    public MpiHandles Handles { get; }

    /// <summary>Loads a library: the one that is asked for, else the launcher's, else the first that is there.</summary>
    /// <param name="asked">A name or a path; null for none in particular.</param>
    /// <param name="launcher">What the launcher is part of; null where it does not tell.</param>
    /// <exception cref="ProcessGroupException">There is none; the message says what was looked for.</exception>
    public static MpiLibrary Load(string? asked, MpiFlavor? launcher)
    {
        string[] names = (asked, launcher) switch
        {
            ({ } name, _) => [name],
            (_, MpiFlavor.OpenMpi) => [.. OpenMpiNames, .. StandardNames],
            (_, MpiFlavor.Mpich) => [.. MpichNames, .. StandardNames],
            _ => [.. OpenMpiNames, .. MpichNames, .. StandardNames],
        };
        foreach (var name in names)
        {
            if (!TryOpen(name, out var library))
                continue;
            var version = ReadVersion(library);
            return new MpiLibrary(name, library, version, FlavorOf(library, version));
        }
        throw new ProcessGroupException(
            $"There is no MPI library: {string.Join(", ", names)} could not be loaded. Install Open MPI or MPICH (on Debian the packages openmpi-bin or mpich), "
            + "or let CLIP_MPI name the library's file.");
    }

    public void Initialize()
    {
        int provided;
        Check(_initialize(null, null, Handles.Funneled, &provided), "MPI_Init_thread");
    }

    public bool IsInitialized
    {
        get
        {
            int flag;
            Check(_isInitialized(&flag), "MPI_Initialized");
            return flag != 0;
        }
    }

    public int Rank
    {
        get
        {
            int rank;
            Check(_rank(Handles.World, &rank), "MPI_Comm_rank");
            return rank;
        }
    }

    public int WorldSize
    {
        get
        {
            int size;
            Check(_size(Handles.World, &size), "MPI_Comm_size");
            return size;
        }
    }

    public void Finish() => Check(_finalize(), "MPI_Finalize");

    public void Abort(int exitCode) => _ = _abort(Handles.World, exitCode);

    public void Barrier() => Check(_barrier(Handles.World), "MPI_Barrier");

    public void Broadcast(nint values, int count, nint type, int root) => Check(_broadcast(values, count, type, root, Handles.World), "MPI_Bcast");

    public void AllReduce(nint values, int count, nint type) =>
        Check(_allReduce(Handles.InPlace, values, count, type, Handles.Sum, Handles.World), "MPI_Allreduce");

    public void AllGather(nint values, nint all, int count, nint type) =>
        Check(_allGather(values, count, type, all, count, type, Handles.World), "MPI_Allgather");

    public void ReduceScatter(nint all, nint values, int count, nint type) =>
        Check(_reduceScatter(all, values, count, type, Handles.Sum, Handles.World), "MPI_Reduce_scatter_block");

    private static bool TryOpen(string name, out nint library)
    {
        library = OperatingSystem.IsWindows() ? 0 : Open(name, OperatingSystem.IsMacOS() ? LazyGlobalMac : LazyGlobal);
        return library != 0 || (OperatingSystem.IsWindows() && NativeLibrary.TryLoad(name, out library));
    }

    // Callable before MPI is initialized (MPI 3.0, section 8.1.1).
    private static string ReadVersion(nint library)
    {
        var get = (delegate* unmanaged<byte*, int*, int>)NativeLibrary.GetExport(library, "MPI_Get_library_version");
        var text = stackalloc byte[LongestVersion];
        int length;
        Check(get(text, &length), "MPI_Get_library_version");
        return Marshal.PtrToStringUTF8((nint)text)!.Split('\n')[0].Trim();
    }

    // A library of MPI 5 has the function in its own interface too, and says there that it has no version of the standard one (MPI 5.0, section 20.3).
    private static MpiFlavor FlavorOf(nint library, string version)
    {
        if (NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out var export))
        {
            int major, minor;
            Check(((delegate* unmanaged<int*, int*, int>)export)(&major, &minor), "MPI_Abi_get_version");
            if (major > 1)
                throw new ProcessGroupException($"{version} has version {major}.{minor} of MPI's standard interface, of which version 1 is known here. Let CLIP_MPI name another library.");
            if (major == 1)
                return MpiFlavor.Standard;
        }
        return version.Contains("Open MPI", StringComparison.OrdinalIgnoreCase) ? MpiFlavor.OpenMpi : MpiFlavor.Mpich;
    }

    // The libraries' default is to end the job on an error, so that this is seldom reached.
    private static void Check(int code, string function)
    {
        if (code != 0)
            throw new ProcessGroupException($"{function} failed with error {code}.");
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
