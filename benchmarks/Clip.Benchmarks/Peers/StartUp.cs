using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text.Json;
using Clip.Benchmarks.Peers.Onnx;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers;

/// <summary>Measures how long a fresh process takes to its first embedding, and its memory, beside ONNX Runtime.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- startup --onnx FOLDER [--rounds N] [--threads N]</c></para>
/// <para>
/// Child processes of this program take turns; medians are printed. One loads ViT-B/32 with its tokenizer from a float32 safetensors
/// file and embeds an image of 224 x 224 pixels. The other creates sessions of the graphs of both towers, whose weights lie in files beside
/// them, and embeds such an image. All files are in the page cache. Processor time is that of all threads of the process, from its start on;
/// other work on the machine moves it less than the time that passes.
/// </para>
/// </remarks>
internal static class StartUp
{
    private const int UsageError = 2;
    private const string OursOption = "--ours", PeerOption = "--peer";
    private const string ImageGraph = "ViT-B-32-image.onnx", TextGraph = "ViT-B-32-text.onnx";
    private const int Side = 224;

    /// <summary>Runs the comparison, or one of its child processes.</summary>
    /// <returns>The exit code: 0, or 2 where the command line or its files are wrong.</returns>
    public static int Run(string[] args)
    {
        try
        {
            switch (args)
            {
                case [OursOption, var folder, var quantization, var towers, var threads]:
                    EmbedWithOurs(folder, Enum.Parse<WeightQuantization>(quantization), Enum.Parse<Towers>(towers), int.Parse(threads, CultureInfo.InvariantCulture));
                    break;
                case [PeerOption, var image, var text, var threads]:
                    EmbedWithPeer(image, text, int.Parse(threads, CultureInfo.InvariantCulture));
                    break;
                default:
                    Compare(PeerOptions.Parse(args));
                    break;
            }
            return 0;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(e.Message);
            return UsageError;
        }
    }

    private static void Compare(PeerOptions options)
    {
        var (image, text) = (options.FindGraph(ImageGraph), options.FindGraph(TextGraph));
        Machine.Write(Console.Out);
        using var model = new TemporaryModel();
        (image, var imageBytes) = GraphWithFile.Write(image, model.Folder);
        (text, var textBytes) = GraphWithFile.Write(text, model.Folder);
        var threads = (options.Threads ?? get_num_threads()).ToString(CultureInfo.InvariantCulture);
        // What libtorch reads when it is loaded: to call it for that would load it before the library does, which reads files meanwhile.
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", threads);
        Environment.SetEnvironmentVariable("MKL_NUM_THREADS", threads);

        var (ours, images, halves, peer) = (new List<FirstEmbedding>(), new List<FirstEmbedding>(), new List<FirstEmbedding>(), new List<FirstEmbedding>());
        for (var round = -1; round < options.Rounds; round++)
        {
            var one = RunChild(OursOption, model.Folder, nameof(WeightQuantization.None), nameof(Towers.Both), threads);
            var alone = RunChild(OursOption, model.Folder, nameof(WeightQuantization.None), nameof(Towers.Image), threads);
            var half = RunChild(OursOption, model.Folder, nameof(WeightQuantization.Float16), nameof(Towers.Both), threads);
            var other = RunChild(PeerOption, image, text, threads);
            if (round < 0)
                continue;       // it brought the files into the page cache
            ours.Add(one);
            images.Add(alone);
            halves.Add(half);
            peer.Add(other);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ViT-B/32 in float32, files of weights {model.WeightsBytes / 1e6:F0} MB and {(imageBytes + textBytes) / 1e6:F0} MB, {threads} threads"));
        Print("this library", ours, model.WeightsBytes);
        Print("this library, image tower alone", images, model.WeightsBytes);
        Print("this library, weights kept in float16", halves, model.WeightsBytes);
        Print("ONNX Runtime", peer, model.WeightsBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  ratio: time {Ratio(run => run.Seconds):F2}, processor time {Ratio(run => run.ProcessorSeconds):F2}, resident {Ratio(run => run.Resident):F2} (ONNX Runtime's over this library's)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  this library: {Median(ours, run => run.Methods):F0} methods compiled in {Median(ours, run => run.CompilationSeconds):F2} s of the processor time"));

        double Ratio(Func<FirstEmbedding, double> value) => Median(peer, value) / Median(ours, value);
    }

    private static double Median(List<FirstEmbedding> runs, Func<FirstEmbedding, double> value) => Interleaved.Median([.. runs.Select(value)]);

    private static void Print(string name, List<FirstEmbedding> runs, double weightsBytes)
    {
        var (resident, peak) = (Median(runs, run => run.Resident), Median(runs, run => run.Peak));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name}: first embedding after {Median(runs, run => run.Seconds):F2} s, processor time {Median(runs, run => run.ProcessorSeconds):F2} s; resident {resident / 1e6:F0} MB, {resident / weightsBytes:F2} of the file; peak {peak / 1e6:F0} MB, {peak / weightsBytes:F2} of the file"));
    }

    // The clock runs from before the start of the process to the line that it writes when it has the embedding.
    private static FirstEmbedding RunChild(params string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = ChildProcess.Start(["startup", .. arguments]);
        var line = process.StandardOutput.ReadLine();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.WaitForExit();
        return line is null
            ? throw new InvalidOperationException("A child process ended without an answer.")
            : JsonSerializer.Deserialize<FirstEmbedding>(line)! with { Seconds = seconds };
    }

    private static void EmbedWithOurs(string folder, WeightQuantization quantization, Towers towers, int threads)
    {
        using var clip = TemporaryModel.Load(folder, Precision.Float32, threads, quantization, towers);
        clip.EmbedImage(ImageSource.FromPixels(new byte[3 * Side * Side], Side, Side));
        Answer();
    }

    private static void EmbedWithPeer(string image, string text, int threads)
    {
        using var texts = OnnxPeer.Create(text, threads, new long[77], 1, 77);
        using var images = OnnxPeer.Create(image, threads, new float[3 * Side * Side], 1, 3, Side, Side);
        images.Run();
        Answer();
    }

    private static void Answer()
    {
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new FirstEmbedding(
            0, process.TotalProcessorTime.TotalSeconds, process.WorkingSet64, process.PeakWorkingSet64,
            JitInfo.GetCompiledMethodCount(), JitInfo.GetCompilationTime().TotalSeconds)));
    }

    private sealed record FirstEmbedding(
        double Seconds, double ProcessorSeconds, long Resident, long Peak, long Methods, double CompilationSeconds);
}
