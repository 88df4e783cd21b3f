using BenchmarkDotNet.Attributes;
using Clip.Checkpoints;

namespace Clip.Benchmarks.Checkpoints;

/// <summary>How long it takes until names, dtypes and shapes of a checkpoint are known.</summary>
[MemoryDiagnoser]
public class CheckpointOpening
{
    private string _file = "";

    /// <summary>Which of the recorded checkpoints, all of the same small model.</summary>
    [Params("native.safetensors", "state_dict_zip.pt", "state_dict_legacy.pt", "openai_torchscript_fp16.pt")]
    public string Name { get; set; } = "";

    /// <summary>Finds the file.</summary>
    [GlobalSetup]
    public void FindFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Clip.sln")))
            folder = folder.Parent!;
        _file = Path.Combine(folder.FullName, "tests", "Fixtures", "checkpoints", Name);
    }

    /// <summary>Opens and closes it.</summary>
    [Benchmark]
    public int Open()
    {
        using var checkpoint = Checkpoint.Open(_file);
        return checkpoint.Tensors.Count;
    }
}
