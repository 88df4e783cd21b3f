namespace Clip.Models;

/// <summary>Adds up what several threads have read of a checkpoint, and tells it in order.</summary>
internal sealed class ReadBytes(CheckpointTensors tensors, LoadPlan plan, IProgress<WeightProgress> progress)
{
    private readonly long _total = plan.Keys.Sum(key => tensors.BytesOf(key.Name));
    private readonly Lock _lock = new();
    private long _read;

    /// <summary>Counts a tensor.</summary>
    /// <param name="name">Its name.</param>
    public void Add(string name)
    {
        lock (_lock)
        {
            _read += tensors.BytesOf(name);
            progress.Report(new WeightProgress(_read, _total));
        }
    }
}
