using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Clip.Benchmarks.Checkpoints;

/// <summary>Loads large checkpoints in each format beside a plain read of the same file, and measures memory.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- checkpoints [folder]</c></para>
/// <para>
/// The ways take turns in every round, so that what else runs on the machine meets all of them; medians are printed. From
/// the second round on, memory that an earlier round freed is there to be used again; what a first load costs, and its
/// peak of memory, comes from fresh processes.
/// </para>
/// </remarks>
internal static class LoadingComparison
{
    private const int Rounds = 9;
    private const int FreshProcesses = 5;
    private const string FirstLoadOption = "--first-load";

    /// <summary>Runs the comparison, or one of its child processes.</summary>
    public static void Run(string[] args)
    {
        switch (args)
        {
            case [FirstLoadOption, var path]:
                MeasureFirstLoad(path);
                break;
            case [var folder]:
                Compare(folder);
                break;
            default:
                Compare(Path.Combine(Path.GetTempPath(), "clip-benchmark-checkpoints"));
                break;
        }
    }

    private static void Compare(string folder)
    {
        Machine.Write(Console.Out);
        Directory.CreateDirectory(folder);
        var files = new SampleFiles(folder);
        Compare("safetensors Float32 -> Float32", files.Safetensors(ScalarType.Float32), isSafetensors: true);
        Compare("safetensors Float16 -> Float32", files.Safetensors(ScalarType.Float16), isSafetensors: true);
        Compare("safetensors BFloat16 -> Float32", files.Safetensors(ScalarType.BFloat16), isSafetensors: true);
        Compare("torch.save zip Float32 -> Float32, CRC-32 checked", files.TorchZip(), isSafetensors: false);
    }

    private static void Compare(string title, string path, bool isSafetensors)
    {
        var gigabytes = new FileInfo(path).Length / 1e9;
        var ways = new List<(string Name, Func<IReadOnlyList<IDisposable>> Load)>
        {
            ("plain read", () => Loaders.PlainRead(path)),
            ("plain read, fresh memory", () => Loaders.PlainReadToFreshMemory(path)),
            ("this library", () => Loaders.Library(path, ScalarType.Float32)),
            ("this library, all cores", () => Loaders.LibraryParallel(path, ScalarType.Float32)),
        };
        if (isSafetensors)
            ways.Add(("mapped windows", () => Loaders.Mapped(path, ScalarType.Float32)));

        var seconds = ways.ToDictionary(way => way.Name, _ => new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (name, load) in ways)
            {
                var elapsed = Seconds(load, out var loaded);
                foreach (var item in loaded)
                    item.Dispose();
                if (round >= 0)
                    seconds[name].Add(elapsed);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}, {gigabytes:F2} GB file"));
        var plain = Median(seconds["plain read"]);
        foreach (var (name, _) in ways)
        {
            var median = Median(seconds[name]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24} {gigabytes / median,6:F2} GB/s of file   {plain / median,5:F2} of a plain read"));
        }
        PrintFirstLoad(path);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // The median of several fresh processes, which no process before has warmed up.
    private static void PrintFirstLoad(string path)
    {
        var runs = Enumerable.Range(0, FreshProcesses).Select(_ => RunChild(path)).ToList();
        var load = Median([.. runs.Select(run => run.LoadSeconds)]);
        var plain = Median([.. runs.Select(run => run.PlainSeconds)]);
        var above = Median([.. runs.Select(run => (run.Peak - run.Before) / run.Target)]);
        var total = Median([.. runs.Select(run => run.Peak / run.Target)]);
        var gigabytes = new FileInfo(path).Length / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  first load of a process   {gigabytes / load,6:F2} GB/s of file   {plain / load,5:F2} of a plain read"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  peak resident memory      {total:F2} x the tensors; {above:F2} x without the {runs[0].Before / 1e6:F0} MB of the process before"));
    }

    private static FirstLoad RunChild(string path)
    {
        using var process = ChildProcess.Start("checkpoints", FirstLoadOption, path);
        return JsonSerializer.Deserialize<FirstLoad>(process.StandardOutput.ReadToEnd())!;
    }

    private static void MeasureFirstLoad(string path)
    {
        // Everything that loads once is loaded before the baseline is taken: libtorch, its threads, this library.
        using (var warm = rand(1 << 20, dtype: float16))
        using (warm.to(float32))
            GC.Collect();
        using (Clip.Checkpoints.Checkpoint.Open(path))
            GC.Collect();
        var plain = Seconds(() => Loaders.PlainRead(path), out _);
        var before = Process.GetCurrentProcess().WorkingSet64;

        var load = Seconds(() => Loaders.Library(path, ScalarType.Float32), out var loaded);
        var target = loaded.Cast<Tensor>().Sum(tensor => tensor.numel() * sizeof(float));
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        Console.WriteLine(JsonSerializer.Serialize(new FirstLoad(plain, load, target, before, peak)));
    }

    private static double Seconds(Func<IReadOnlyList<IDisposable>> load, out IReadOnlyList<IDisposable> loaded)
    {
        var start = Stopwatch.GetTimestamp();
        loaded = load();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private sealed record FirstLoad(double PlainSeconds, double LoadSeconds, double Target, double Before, double Peak);
}
