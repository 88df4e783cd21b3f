using Clip.Fuzz.Targets;

namespace Clip.Fuzz.Trials;

/// <summary>Runs a target on inputs, one after another, in a folder of its own, and judges how each ends.</summary>
internal sealed class TrialRoom : IDisposable
{
    // Two patterns without a bit in common.
    private const byte OnePattern = 0xAA;
    private const byte OtherPattern = 0x55;

    private readonly FuzzTarget _target;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clip-fuzz-");
    private long _resident = ResidentMemory.Reset();

    public TrialRoom(FuzzTarget target) => _target = target;

    /// <summary>Reads an input.</summary>
    /// <param name="name">The name of the seed that it was made of.</param>
    /// <param name="bytes">Its content.</param>
    public Outcome Run(string name, byte[] bytes)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var tensors = Tensor.TotalCount;
        var outcome = ReadTwice(name, bytes);
        if (outcome.Finding is not null)
            return outcome;
        return CheckMemory(name, bytes, GC.GetTotalAllocatedBytes(precise: true) - allocated, Tensor.TotalCount - tensors) is { } finding ? new Outcome(Finding: finding) : outcome;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Outcome ReadTwice(string name, byte[] bytes)
    {
        if (!_target.ReadsTwice)
            return Read(name, bytes).Outcome;
        try
        {
            MemoryPattern.Set(OnePattern);
            var (outcome, value) = Read(name, bytes);
            if (outcome.Finding is not null)
                return outcome;
            MemoryPattern.Set(OtherPattern);
            var (again, valueAgain) = Read(name, bytes);
            return again == outcome && valueAgain == value
                ? outcome
                : Outcome.Found("value", $"depends on what was in memory before: {outcome} with {value:x16}, then {again} with {valueAgain:x16}");
        }
        finally
        {
            MemoryPattern.Clear();
        }
    }

    private (Outcome Outcome, ulong Value) Read(string name, byte[] bytes)
    {
        var input = new FuzzInput(name, bytes, Path.Combine(_folder.FullName, "input"));
        Directory.CreateDirectory(input.Folder);
        try
        {
            var (outcome, value) = Try(input);
            if (outcome.Finding is null && input.Foreign.FirstOrDefault() is { } foreign)
                outcome = Outcome.Found("leftover", $"left '{Path.GetRelativePath(input.Folder, foreign)}' behind");
            return (outcome, value);
        }
        finally
        {
            Directory.Delete(input.Folder, recursive: true);
        }
    }

    private (Outcome Outcome, ulong Value) Try(FuzzInput input)
    {
        try
        {
            return (Outcome.Accepted, _target.Read(input));
        }
        catch (InvariantException e)
        {
            return (Outcome.Found("value", e.Message), 0);
        }
        catch (Exception e)
        {
            return (_target.Documented.Contains(e.GetType()) ? new Outcome(e.GetType().Name) : Outcome.Found("exception", e.ToString()), 0);
        }
    }

    private Finding? CheckMemory(string name, byte[] bytes, long allocated, long tensors)
    {
        if (allocated > _target.MostBytes)
            return new Finding("memory", $"allocated {allocated:N0} bytes, more than {_target.MostBytes:N0}");
        if (tensors > 0 && _target.DisposesTensors)
            return new Finding("memory", $"left {tensors} tensors alive");
        if (ResidentMemory.ReadPeak() <= _resident + _target.MostBytes)
            return null;
        // Libraries that were loaded and garbage that waits belong to no input, so it has to happen again from where memory is now.
        GC.Collect();
        _resident = ResidentMemory.Reset();
        Read(name, bytes);
        var taken = ResidentMemory.ReadPeak() - _resident;
        return taken > _target.MostBytes ? new Finding("memory", $"took {taken:N0} bytes of resident memory, more than {_target.MostBytes:N0}") : null;
    }
}
