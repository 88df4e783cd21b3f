using Clip.Distributed.Mpi;
using Clip.Training.Distributed;

namespace Clip.Distributed;

/// <summary>Ranks that a launcher started (mpirun, mpiexec, srun), connected by the MPI library of the system.</summary>
/// <remarks>
/// <para>
/// Open MPI and MPICH, and what has MPICH's binary interface (Intel MPI, MVAPICH, Cray's, MS-MPI), are chosen at run time. Tensors of GPUs travel
/// through the CPU's memory.
/// </para>
/// <para>A process has one such group in its life, which MPI's own rules do not let it have again once it was disposed.</para>
/// </remarks>
public sealed class MpiProcessGroup : IProcessGroup
{
    /// <summary>The environment variable that names the MPI library, by file name or path, where it is not to be looked for.</summary>
    public const string LibraryVariable = "CLIP_MPI";

    private readonly MpiLibrary _mpi;
    private readonly MpiThread _thread = new();
    private bool _isDisposed;

    private MpiProcessGroup(MpiLibrary mpi, Launcher? launcher)
    {
        _mpi = mpi;
        try
        {
            _thread.Call(() =>
            {
                if (mpi.IsInitialized)
                    throw new ProcessGroupException("MPI is initialized already in this process; it can be only once.");
                mpi.Initialize();
                (Rank, WorldSize) = (mpi.Rank, mpi.WorldSize);
                if (launcher is not null && launcher.WorldSize != WorldSize)
                {
                    mpi.Finish();
                    throw new ProcessGroupException(
                        $"{launcher.Name} started {launcher.WorldSize} processes, but {mpi.Version} ({mpi.Name}) sees {WorldSize}: it is not the launcher's own library, and "
                        + $"each process would train alone. Start with the launcher of that library, or let {LibraryVariable} name the launcher's.");
                }
            });
        }
        catch
        {
            _thread.Dispose();
            throw;
        }
        LocalSize = launcher?.LocalSize ?? 1;
    }

    /// <inheritdoc/>
    public int Rank { get; private set; }

    /// <inheritdoc/>
    public int WorldSize { get; private set; }

    /// <summary>How many ranks share this machine, as far as the launcher says; 1 where it does not.</summary>
    public int LocalSize { get; }

    /// <summary>What the MPI library says it is.</summary>
    public string LibraryVersion => _mpi.Version;

    /// <summary>Joins the ranks that the launcher started; a process that no launcher started is the only rank.</summary>
    /// <exception cref="ProcessGroupException">There is no MPI library, or it is not the launcher's.</exception>
    public static MpiProcessGroup Start()
    {
        var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
        return new MpiProcessGroup(MpiLibrary.Load(Environment.GetEnvironmentVariable(LibraryVariable), launcher?.Flavor), launcher);
    }

    /// <inheritdoc/>
    public Tensor Gather(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var own = new MpiBuffer(rows, _mpi.Handles);
        var all = empty([WorldSize * rows.shape[0], .. rows.shape[1..]], rows.dtype, rows.device);
        using var gathered = new MpiBuffer(all, _mpi.Handles);
        _thread.Call(() => _mpi.AllGather(own.Address, gathered.Address, Countable(own.Count), own.Type));
        gathered.Deliver();
        return all;
    }

    /// <inheritdoc/>
    public Tensor ReduceScatter(Tensor gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        using var all = new MpiBuffer(gradients, _mpi.Handles);
        var own = empty([gradients.shape[0] / WorldSize, .. gradients.shape[1..]], gradients.dtype, gradients.device);
        using var sum = new MpiBuffer(own, _mpi.Handles);
        _thread.Call(() => _mpi.ReduceScatter(all.Address, sum.Address, Countable(sum.Count), sum.Type));
        sum.Deliver();
        return own;
    }

    /// <inheritdoc/>
    public async Task AllReduceAsync(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var values = new MpiBuffer(tensor, _mpi.Handles);
        await _thread.Begin(() =>
        {
            foreach (var (address, count) in values.Pieces())
                _mpi.AllReduce(address, count, values.Type);
        }).ConfigureAwait(false);
        values.Deliver();
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var values = new MpiBuffer(tensor, _mpi.Handles);
        _thread.Call(() =>
        {
            foreach (var (address, count) in values.Pieces())
                _mpi.Broadcast(address, count, values.Type, root);
        });
        values.Deliver();
    }

    /// <inheritdoc/>
    public long[] AllGather(ReadOnlySpan<long> values)
    {
        using var scope = NewDisposeScope();
        return Gather(torch.tensor(values.ToArray())).data<long>().ToArray();
    }

    /// <inheritdoc/>
    public void Barrier() => _thread.Call(_mpi.Barrier);

    /// <summary>Ends all processes of the job, this one too.</summary>
    /// <param name="reason">Why; written to standard error.</param>
    public void Abort(string reason)
    {
        Console.Error.WriteLine(reason);
        Console.Error.Flush();
        // Not on the thread, which may be waiting for the others in a call.
        _mpi.Abort(1);
        // Some libraries leave the end to the launcher.
        Environment.Exit(1);
    }

    /// <summary>Leaves the group, when all ranks do.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _thread.Call(_mpi.Finish);
        _thread.Dispose();
    }

    private static int Countable(long count) => count <= int.MaxValue
        ? (int)count
        : throw new ArgumentException($"A rank can share {int.MaxValue} elements of features at once, but these are {count}.");
}
