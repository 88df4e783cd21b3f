using System.Globalization;

namespace Clip.Shards;

/// <summary>Which of several workers a process is. It decides where each begins, not what gets done: a worker goes on with what others leave.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct WorkerNumber(int Index, int Count)
{
    private const int Most = 1_000_000;

    /// <summary>Finds the number.</summary>
    /// <param name="stated">
    /// What the user says: <c>3/128</c>, or <c>/128</c> or <c>128</c> where the environment has the index; null to take both from the environment.
    /// </param>
    /// <param name="variable">Gives an environment variable or null.</param>
    /// <returns>0 of 1 where nothing says otherwise.</returns>
    /// <remarks>
    /// Read are those of Open MPI's mpirun (<c>OMPI_COMM_WORLD_RANK</c>), of Slurm's steps (<c>SLURM_PROCID</c>), of MPICH's mpiexec (<c>PMI_RANK</c>), each
    /// with its count, times a Slurm array's (<c>SLURM_ARRAY_TASK_ID</c>); and Kubernetes' <c>JOB_COMPLETION_INDEX</c>, which has no count.
    /// </remarks>
    /// <exception cref="ArgumentException">What is stated is no such number, or an index or a count is missing.</exception>
    public static WorkerNumber Find(string? stated, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (stated is null)
        {
            if (OfLaunchers(variable) is { } found)
                return found;
            return Number(variable, "JOB_COMPLETION_INDEX") is null
                ? new WorkerNumber(0, 1)
                : throw new ArgumentException("JOB_COMPLETION_INDEX says which worker this is but not of how many: state the job's completions, such as /128.");
        }
        var slash = stated.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0)
            return Require(Parse(stated[..slash], stated), Parse(stated[(slash + 1)..], stated), stated);
        var index = Number(variable, "JOB_COMPLETION_INDEX") ?? OfLaunchers(variable)?.Index
            ?? throw new ArgumentException($"'{stated}' says how many workers there are, and nothing in the environment which one this is: state both, such as 0/{stated.TrimStart('/')}.");
        return Require(index, Parse(stated[(slash + 1)..], stated), stated);
    }

    /// <summary>Index and count, such as 3/128.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static WorkerNumber? OfLaunchers(Func<string, string?> variable)
    {
        var process = Pair(variable, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
            ?? Pair(variable, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS") ?? Pair(variable, "PMI_RANK", "PMI_SIZE");
        if (OfArray(variable) is not { } array)
            return process;
        var (index, count) = process ?? new WorkerNumber(0, 1);
        return new WorkerNumber(array.Index * count + index, array.Count * count);
    }

    // Of an array such as 3,17,18 the places are not known; two workers with one number only begin at the same shard.
    private static WorkerNumber? OfArray(Func<string, string?> variable)
    {
        if (Number(variable, "SLURM_ARRAY_TASK_ID") is not { } id || Number(variable, "SLURM_ARRAY_TASK_COUNT") is not (> 0 and var count))
            return null;
        var step = Math.Max(1, Number(variable, "SLURM_ARRAY_TASK_STEP") ?? 1);
        return new WorkerNumber((Math.Max(0, id - (Number(variable, "SLURM_ARRAY_TASK_MIN") ?? 0)) / step) % count, count);
    }

    private static WorkerNumber? Pair(Func<string, string?> variable, string index, string count) =>
        Number(variable, index) is { } place && Number(variable, count) is { } all && place < all ? new WorkerNumber(place, all) : null;

    private static int? Number(Func<string, string?> variable, string name) =>
        int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Most ? value : null;

    private static int Parse(string text, string stated) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Most ? value : throw Refuse(stated);

    private static WorkerNumber Require(int index, int count, string stated) => index < count ? new WorkerNumber(index, count) : throw Refuse(stated);

    private static ArgumentException Refuse(string stated) =>
        new($"A worker is an index from 0 and a count above it, such as 3/128, but is '{stated}'.");
}
