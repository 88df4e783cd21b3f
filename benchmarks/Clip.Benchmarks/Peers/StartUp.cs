using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Clip.Preprocessing;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers;

/// <summary>Measures how long a fresh process takes to its first embedding, and its memory, beside ONNX Runtime.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- startup --onnx FOLDER [--rounds N] [--threads N]</c></para>
/// <para>
/// Child processes of this program take turns; medians are printed. One loads ViT-B/32 with its tokenizer from a float32 safetensors
/// file (which is in the page cache) and embeds an image of 224 x 224 pixels. The other creates sessions of the graphs of both
/// towers and embeds such an image; their weights are not read from a file but are constants that are made with the session, so what it
/// would take to read them is missing from its time.
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
                case [OursOption, var folder, var threads]:
                    EmbedWithOurs(folder, int.Parse(threads, CultureInfo.InvariantCulture));
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
        var threads = (options.Threads ?? get_num_threads()).ToString(CultureInfo.InvariantCulture);

        var (ours, peer) = (new List<FirstEmbedding>(), new List<FirstEmbedding>());
        for (var round = -1; round < options.Rounds; round++)
        {
            var (one, other) = (RunChild(OursOption, model.Folder, threads), RunChild(PeerOption, image, text, threads));
            if (round < 0)
                continue;       // it brought the files into the page cache
            ours.Add(one);
            peer.Add(other);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ViT-B/32 in float32, file of weights {model.WeightsBytes / 1e6:F0} MB, {threads} threads"));
        Print("this library", ours, model.WeightsBytes);
        Print("ONNX Runtime", peer, model.WeightsBytes);
        Console.WriteLine("ONNX Runtime's weights are constants, made when the session is created; it reads no file of weights.");
    }

    private static void Print(string name, List<FirstEmbedding> runs, double weightsBytes)
    {
        var resident = Interleaved.Median([.. runs.Select(run => (double)run.Resident)]);
        var peak = Interleaved.Median([.. runs.Select(run => (double)run.Peak)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name}: first embedding after {Interleaved.Median([.. runs.Select(run => run.Seconds)]):F2} s; resident {resident / 1e6:F0} MB, {resident / weightsBytes:F2} of the file; peak {peak / 1e6:F0} MB, {peak / weightsBytes:F2} of the file"));
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

    private static void EmbedWithOurs(string folder, int threads)
    {
        set_num_threads(threads);
        using var clip = TemporaryModel.Load(folder, Precision.Float32, threads);
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
        Console.WriteLine(JsonSerializer.Serialize(new FirstEmbedding(0, process.WorkingSet64, process.PeakWorkingSet64)));
    }

    private sealed record FirstEmbedding(double Seconds, long Resident, long Peak);
}
