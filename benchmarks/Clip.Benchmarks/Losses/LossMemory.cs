using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Clip.Losses;

namespace Clip.Benchmarks.Losses;

/// <summary>Measures peak memory and time of value and gradients of a contrastive loss, whole and in chunks.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- losses [pairs] [size] [chunk]</c></para>
/// <para>
/// Each form runs in a process of its own, after a small warm-up. Memory is the peak of the resident set above what the
/// process had with its embeddings. Where the plain form would not fit, it is measured with fewer pairs and multiplied by the
/// square of the ratio, and the line says so.
/// </para>
/// </remarks>
internal static class LossMemory
{
    private const string ChildOption = "--one";

    // Bytes of the plain form per pair of pairs, for the decision whether to try: logits, two softmaxes, their gradients.
    private const double PlainBytes = 24;

    /// <summary>Runs the comparison, or one of its child processes.</summary>
    public static void Run(string[] args)
    {
        if (args is [ChildOption, var form, var pairs, var size, var chunk])
        {
            Measure(form, Number(pairs), Number(size), Number(chunk));
            return;
        }
        Compare(args.Length > 0 ? Number(args[0]) : 32768, args.Length > 1 ? Number(args[1]) : 512, args.Length > 2 ? Number(args[2]) : 256);
    }

    private static void Compare(int pairs, int size, int chunk)
    {
        Machine.Write(Console.Out);
        Console.WriteLine($"{pairs} pairs, {size} channels, chunks of {chunk} rows, float32, {get_num_threads()} threads");
        foreach (var loss in (string[])["clip", "siglip"])
        {
            Print($"{loss}, chunked", RunChild($"{loss}-chunked", pairs, size, chunk), 1);
            var fitting = pairs;
            while (PlainBytes * fitting * fitting > 0.6 * ProcessMemory.Available())
                fitting /= 2;
            Print($"{loss}, plain", RunChild($"{loss}-plain", fitting, size, chunk), pairs / fitting);
        }
    }

    private static void Print(string name, Result result, int ratio)
    {
        var factor = (double)ratio * ratio;
        var note = ratio == 1 ? "" : $"   from {result.Pairs} pairs, times {factor}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name,-18} {result.PeakBytes * factor / 1e6,9:F0} MB {result.Seconds * factor,8:F1} s{note}"));
    }

    private static void Measure(string form, int pairs, int size, int chunk)
    {
        using ContrastiveLoss loss = form switch
        {
            "clip-plain" => new ClipLoss(),
            "clip-chunked" => new ClipLoss(chunk),
            "siglip-plain" => new SigLipLoss(),
            "siglip-chunked" => new SigLipLoss(chunk),
            _ => throw new ArgumentException($"There is no form '{form}'.", nameof(form)),
        };
        Step(loss, Math.Min(pairs, 64), size, out _, out _);
        Step(loss, pairs, size, out var seconds, out var bytes);
        Console.WriteLine(JsonSerializer.Serialize(new Result(pairs, seconds, bytes)));
    }

    private static void Step(ContrastiveLoss loss, int pairs, int size, out double seconds, out double bytes)
    {
        using var scope = NewDisposeScope();
        manual_seed(0).Dispose();
        var images = randn(pairs, size).requires_grad_(true);
        var texts = randn(pairs, size).requires_grad_(true);
        var scale = tensor(100f).requires_grad_(true);
        ProcessMemory.ResetPeak();
        var before = ProcessMemory.Resident();
        var start = Stopwatch.GetTimestamp();
        loss.call(images, texts, scale).backward();
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bytes = ProcessMemory.Peak() - before;
    }

    private static Result RunChild(string form, int pairs, int size, int chunk)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(LossMemory).Assembly.Location);
        foreach (var argument in (string[])["losses", ChildOption, form, Text(pairs), Text(size), Text(chunk)])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        return JsonSerializer.Deserialize<Result>(process.StandardOutput.ReadToEnd())!;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Result(int Pairs, double Seconds, double PeakBytes);
}
