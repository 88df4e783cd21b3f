namespace Clip.Checkpoints;

/// <summary>A checkpoint is damaged, is not what it claims to be, or holds something this library does not read.</summary>
/// <remarks>The message names the file, what is wrong and where, and what to do about it where that is known.</remarks>
public class CheckpointException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="checkpointPath">The file that is wrong.</param>
    /// <param name="problem">What is wrong with it and where; the message puts the path before it.</param>
    /// <param name="innerException">What a parser said about it, if anything.</param>
    public CheckpointException(string checkpointPath, string problem, Exception? innerException = null)
        : this(checkpointPath, problem, remedy: null, innerException)
    {
    }

    internal CheckpointException(string checkpointPath, string problem, string? remedy, Exception? innerException)
        : base(remedy is null ? $"'{checkpointPath}' {problem}" : $"'{checkpointPath}' {problem} {remedy}", innerException)
    {
        (CheckpointPath, Problem, Remedy) = (checkpointPath, problem, remedy);
    }

    /// <summary>The file that is wrong: the checkpoint itself, or one shard of it.</summary>
    public string CheckpointPath { get; }

    /// <summary>What is wrong with it: the message without the path, and without the remedy where that is known apart.</summary>
    public string Problem { get; }

    /// <summary>What helps if the file came from elsewhere; null where the problem says it, or nothing does.</summary>
    public string? Remedy { get; }
}
