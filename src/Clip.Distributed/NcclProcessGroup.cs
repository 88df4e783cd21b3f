using Clip.Distributed.Nccl;
using Clip.Runtime;
using Clip.Training.Distributed;

namespace Clip.Distributed;

/// <summary>Ranks with an NVIDIA GPU each, connected by NCCL: tensors travel from GPU to GPU.</summary>
/// <remarks>
/// <para>
/// Collectives are begun on the stream that libtorch computes on, so they have one order with the computation and no call waits for them: a task is done
/// when the sum is the next that the GPU computes, and what reads it on the GPU reads the sum. They do not run beside a backward pass.
/// </para>
/// <para>This group was tested against a library with NCCL's interface on the CPU, not on GPUs.</para>
/// <para>A rank that fails leaves the others waiting; the launcher that started them ends them.</para>
/// </remarks>
public sealed class NcclProcessGroup : IProcessGroup
{
    /// <summary>The environment variable that names NCCL's library, by file name or path, where it is not <c>libnccl.so.2</c>.</summary>
    public const string LibraryVariable = "CLIP_NCCL";

    private readonly NcclLibrary _nccl;
    private readonly Device _device;
    private nint _communicator;

    private NcclProcessGroup(NcclLibrary nccl, Device device, NcclUniqueId id, int rank, int worldSize)
    {
        (_nccl, _device, Rank, WorldSize) = (nccl, device, rank, worldSize);
        _communicator = nccl.Join(id, rank, worldSize);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int WorldSize { get; }

    /// <summary>This rank's GPU, such as <c>cuda:1</c>.</summary>
    public string Device => _device.ToString();

    /// <summary>What NCCL says it is.</summary>
    public Version LibraryVersion => _nccl.Version;

    /// <summary>Joins the ranks of a launcher, which meet by files in a folder: MPI is not needed.</summary>
    /// <param name="place">Which rank this is, of how many, and on which GPU.</param>
    /// <param name="folder">A folder that all ranks have, such as the run's; files of an earlier job in it do no harm.</param>
    /// <param name="patience">How long to wait for the others.</param>
    /// <exception cref="ProcessGroupException">There is no NCCL, no such GPU, or other ranks did not come.</exception>
    public static NcclProcessGroup Start(RankPlace place, string folder, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var nccl = NcclLibrary.Load(Environment.GetEnvironmentVariable(LibraryVariable));
        TorchLibraries.EnsureLoaded();
        // Without any, the driver says why.
        var device = cuda.device_count() is > 0 and var gpus ? place.GetGpu(gpus) : place.LocalRank;
        CudaContext.Use(device);
        var id = new IdExchange(folder, place.Rank, place.WorldSize, patience).Exchange(() => nccl.DrawId().ToBytes());
        return new NcclProcessGroup(nccl, new Device(DeviceType.CUDA, device), NcclUniqueId.Of(id), place.Rank, place.WorldSize);
    }

    /// <summary>Joins ranks that MPI has connected already.</summary>
    /// <param name="mpi">Their group, which is only used now; the caller disposes it.</param>
    /// <param name="device">The number of this rank's GPU among those that the process sees.</param>
    /// <exception cref="ProcessGroupException">There is no NCCL, or no such GPU.</exception>
    public static NcclProcessGroup Start(IProcessGroup mpi, int device)
    {
        ArgumentNullException.ThrowIfNull(mpi);
        ArgumentOutOfRangeException.ThrowIfNegative(device);
        var nccl = NcclLibrary.Load(Environment.GetEnvironmentVariable(LibraryVariable));
        CudaContext.Use(device);
        return Join(nccl, mpi, new Device(DeviceType.CUDA, device));
    }

    /// <inheritdoc/>
    public Tensor Gather(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Require();
        using var own = new NcclBuffer(rows, _device);
        var all = empty([WorldSize * rows.shape[0], .. rows.shape[1..]], rows.dtype, rows.device);
        using var gathered = new NcclBuffer(all, _device);
        _nccl.AllGather(_communicator, own.Address, gathered.Address, own.Count, own.Type);
        gathered.Deliver();
        return all;
    }

    /// <inheritdoc/>
    public Tensor ReduceScatter(Tensor gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Require();
        using var all = new NcclBuffer(gradients, _device);
        var own = empty([gradients.shape[0] / WorldSize, .. gradients.shape[1..]], gradients.dtype, gradients.device);
        using var sum = new NcclBuffer(own, _device);
        _nccl.ReduceScatter(_communicator, all.Address, sum.Address, sum.Count, sum.Type);
        sum.Deliver();
        return own;
    }

    /// <inheritdoc/>
    public Task AllReduceAsync(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Require();
        using var values = new NcclBuffer(tensor, _device);
        _nccl.AllReduce(_communicator, values.Address, values.Count, values.Type);
        values.Deliver();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Require();
        using var values = new NcclBuffer(tensor, _device);
        _nccl.Broadcast(_communicator, values.Address, values.Count, values.Type, root);
        values.Deliver();
    }

    /// <inheritdoc/>
    public long[] AllGather(ReadOnlySpan<long> values)
    {
        using var scope = NewDisposeScope();
        // Reading it waits for the device.
        return Gather(torch.tensor(values.ToArray()).to(_device)).cpu().data<long>().ToArray();
    }

    /// <inheritdoc/>
    public void Barrier() => AllGather([Rank]);

    /// <summary>Ends this process; the launcher that started the ranks ends the others.</summary>
    /// <param name="reason">Why; written to standard error.</param>
    public void Abort(string reason)
    {
        Console.Error.WriteLine(reason);
        Console.Error.Flush();
        _nccl.Abort(_communicator);
        Environment.Exit(1);
    }

    /// <summary>Leaves the group, when all ranks do.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _communicator, 0) is not 0 and var communicator)
            _nccl.Leave(communicator);
    }

    /// <summary>Joins ranks that are connected already, by a library and on a device of any kind.</summary>
    internal static NcclProcessGroup Join(NcclLibrary nccl, IProcessGroup connected, Device device)
    {
        using var scope = NewDisposeScope();
        var id = torch.tensor(connected.Rank == 0 ? nccl.DrawId().ToBytes() : new byte[NcclUniqueId.Bytes]).to(ScalarType.Int64);
        connected.Broadcast(id);
        var bytes = id.data<long>().ToArray().Select(value => (byte)value).ToArray();
        return new NcclProcessGroup(nccl, device, NcclUniqueId.Of(bytes), connected.Rank, connected.WorldSize);
    }

    private void Require()
    {
        ObjectDisposedException.ThrowIf(_communicator == 0, this);
        _nccl.RequireHealthy(_communicator);
    }
}
