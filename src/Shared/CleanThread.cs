namespace Clip.Shared;

/// <summary>Computes on a thread of its own, where no dispose scope is open and gradients are on.</summary>
internal static class CleanThread
{
    /// <summary>Runs a computation and waits for its result; its exceptions are the caller's.</summary>
    public static T Run<T>(Func<T> compute) =>
        Task.Factory.StartNew(compute, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
}
