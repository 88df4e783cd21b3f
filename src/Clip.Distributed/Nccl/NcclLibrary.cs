using System.Runtime.InteropServices;
using Clip.Training.Distributed;

namespace Clip.Distributed.Nccl;

/// <summary>NVIDIA's library of collectives, loaded when it is asked for, and its functions.</summary>
/// <remarks>Source: nccl.h of NCCL 2; the functions are there since 2.4, those that are optional excepted.</remarks>
internal sealed unsafe class NcclLibrary
{
    /// <summary>The file that is loaded where no other is named.</summary>
    public const string DefaultName = "libnccl.so.2";

    private readonly delegate* unmanaged<NcclUniqueId*, int> _getUniqueId;
    private readonly delegate* unmanaged<nint*, int, NcclUniqueId, int, int> _initialize;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint, int> _abort;
    private readonly delegate* unmanaged<nint, int*, int> _getAsyncError;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> _broadcast;
    private readonly delegate* unmanaged<nint, nint, nuint, int, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> _reduceScatter;
    private readonly delegate* unmanaged<int, byte*> _errorText;
    private readonly delegate* unmanaged<nint, byte*> _lastError;

    private NcclLibrary(string name, nint library)
    {
        Name = name;
        int version;
        Require(((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "ncclGetVersion"))(&version), "ncclGetVersion", 0);
        Version = ReadVersion(version);
        _getUniqueId = (delegate* unmanaged<NcclUniqueId*, int>)NativeLibrary.GetExport(library, "ncclGetUniqueId");
        _initialize = (delegate* unmanaged<nint*, int, NcclUniqueId, int, int>)NativeLibrary.GetExport(library, "ncclCommInitRank");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "ncclCommDestroy");
        _abort = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "ncclCommAbort");
        _getAsyncError = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "ncclCommGetAsyncError");
        _allReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllReduce");
        _broadcast = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclBroadcast");
        _allGather = (delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllGather");
        _reduceScatter = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclReduceScatter");
        _errorText = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "ncclGetErrorString");
        // Since 2.13.
        if (NativeLibrary.TryGetExport(library, "ncclGetLastError", out var lastError))
            _lastError = (delegate* unmanaged<nint, byte*>)lastError;
    }

    /// <summary>The file's name or path.</summary>
    public string Name { get; }

    /// <summary>What the library says it is.</summary>
    public Version Version { get; }

    /// <summary>Loads the library.</summary>
    /// <param name="asked">Its file, by name or path; null for <see cref="DefaultName"/>.</param>
    /// <exception cref="ProcessGroupException">It is not there, or it is another.</exception>
    public static NcclLibrary Load(string? asked)
    {
        var name = asked ?? DefaultName;
        if (!NativeLibrary.TryLoad(name, out var library))
        {
            throw new ProcessGroupException(
                $"There is no NCCL: {name} could not be loaded. NVIDIA's package libnccl2 has it, for Linux; or let {NcclProcessGroup.LibraryVariable} name the library's file. "
                + "MPI trains on GPUs too, through the CPU's memory.");
        }
        try
        {
            return new NcclLibrary(name, library);
        }
        catch (EntryPointNotFoundException e)
        {
            throw new ProcessGroupException($"'{name}' is no NCCL 2: {e.Message}", e);
        }
    }

    /// <summary>Draws an id.</summary>
    public NcclUniqueId DrawId()
    {
        NcclUniqueId id;
        Require(_getUniqueId(&id), "ncclGetUniqueId", 0);
        return id;
    }

    /// <summary>Joins the communicator of an id, on the calling thread's device, when all ranks do.</summary>
    public nint Join(NcclUniqueId id, int rank, int worldSize)
    {
        nint communicator;
        Require(_initialize(&communicator, worldSize, id, rank), "ncclCommInitRank", 0);
        return communicator;
    }

    /// <summary>Leaves a communicator, when what was begun has ended.</summary>
    public void Leave(nint communicator) => Require(_destroy(communicator), "ncclCommDestroy", communicator);

    /// <summary>Leaves a communicator at once, in which others may wait.</summary>
    public void Abort(nint communicator) => _ = _abort(communicator);

    /// <summary>Requires that nothing has failed that was begun.</summary>
    /// <exception cref="ProcessGroupException">Something has.</exception>
    public void RequireHealthy(nint communicator)
    {
        int error;
        Require(_getAsyncError(communicator, &error), "ncclCommGetAsyncError", communicator);
        Require(error, "A collective of NCCL", communicator);
    }

    public void AllReduce(nint communicator, nint values, long count, NcclType type) =>
        Require(_allReduce(values, values, (nuint)count, (int)type, Sum, communicator, LegacyStream), "ncclAllReduce", communicator);

    public void Broadcast(nint communicator, nint values, long count, NcclType type, int root) =>
        Require(_broadcast(values, values, (nuint)count, (int)type, root, communicator, LegacyStream), "ncclBroadcast", communicator);

    public void AllGather(nint communicator, nint values, nint all, long count, NcclType type) =>
        Require(_allGather(values, all, (nuint)count, (int)type, communicator, LegacyStream), "ncclAllGather", communicator);

    public void ReduceScatter(nint communicator, nint all, nint values, long count, NcclType type) =>
        Require(_reduceScatter(all, values, (nuint)count, (int)type, Sum, communicator, LegacyStream), "ncclReduceScatter", communicator);

    // nccl.h: ncclRedOp_t.
    private const int Sum = 0;

    // The stream that libtorch computes on, so that collectives and computation have one order.
    private const nint LegacyStream = 0;

    // nccl.h: NCCL_VERSION_CODE, 1000 and 100 as bases up to 2.8, 10000 and 100 since.
    private static Version ReadVersion(int code) => code < 10_000
        ? new Version(code / 1000, code / 100 % 10, code % 100)
        : new Version(code / 10_000, code / 100 % 100, code % 100);

    private void Require(int result, string function, nint communicator)
    {
        if (result == 0)
            return;
        var text = _errorText is null ? null : Marshal.PtrToStringUTF8((nint)_errorText(result));
        var last = _lastError is null ? null : Marshal.PtrToStringUTF8((nint)_lastError(communicator))?.Trim();
        throw new ProcessGroupException(
            $"{function} failed with error {result}{(text is { Length: > 0 } ? $", {text}" : "")}.{(last is { Length: > 0 } ? $" {last.TrimEnd('.')}." : "")} {Remedy(result)}");
    }

    // nccl.h: ncclResult_t.
    private static string Remedy(int result) => result switch
    {
        1 => "A GPU of this rank failed, or has no memory left. NCCL_DEBUG=INFO says more.",
        2 => "The system refused something, often memory that ranks of one machine share (/dev/shm). NCCL_DEBUG=INFO says more.",
        4 or 5 => "The ranks did not call alike, or two of them have one GPU: each needs its own.",
        6 => "Another rank has ended, or the network between the ranks has failed; NCCL_SOCKET_IFNAME names the network to use.",
        _ => "NCCL_DEBUG=INFO says more.",
    };
}
