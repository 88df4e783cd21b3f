using Clip.Benchmarks.Peers.Cases;
using Clip.Benchmarks.Results;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Peers;

/// <summary>Compares the time of embeddings with ONNX Runtime's, in one process and in turns.</summary>
/// <remarks>
/// <para><c>dotnet run -c Release --project benchmarks/Clip.Benchmarks -- peers --onnx FOLDER [--json [FILE]] [--cases PART,PART] [--batches N,N] [--rounds N] [--threads N] [--all]</c></para>
/// <para>
/// The folder has the graphs <c>ViT-B-32-image.onnx</c>, <c>ViT-L-14-image.onnx</c>, <c>RN50-image.onnx</c> (input [N, 3, 224, 224] in
/// float32) and <c>ViT-B-32-text.onnx</c> (input [N, 77] in int64); each <c>NAME-image.onnx</c> with a config of open_clip's beside it, <c>NAME.json</c>, is
/// measured too, with 1 and 8 images. This library's networks have the same architectures and fresh
/// weights: speed is compared, not answers. Medians are printed, each row when it is measured. A ratio above 1 says that this library is
/// faster; the last column is the share of the rate of the best matrix product of the same process and precision; for int8 that of
/// float32. The peer of int8 is ONNX Runtime's dynamic int8, made of the same graph by <see cref="Onnx.DynamicInt8Graph"/>.
/// </para>
/// <para>
/// <c>--json</c> writes the results as a JSON array, without a file name to standard output, and then the table to standard error. The file
/// is a whole array after each result. <c>--cases</c> takes parts of the cases' names, <c>--batches</c> measures images of the three
/// architectures in batches of these sizes instead of all else. bfloat16 is left out where the processor only
/// emulates it, unless <c>--all</c> is given.
/// </para>
/// <para>
/// A case that cannot be measured, because its graph is missing or its precision is not served, is a row that says why; the exit code is
/// then 1, and 2 where the command line is wrong and nothing was measured.
/// </para>
/// </remarks>
internal static class PeerComparison
{
    private const int SomeNotMeasured = 1, UsageError = 2;

    private static readonly PeerCase[] Cases =
    [
        .. Of(Precision.Float32),
        .. OfNarrow(WeightQuantization.Float16),
        .. OfNarrow(WeightQuantization.BFloat16),
        new QuantizedImageCase("ViT-B/32", 1, WeightQuantization.Int8),
        new QuantizedImageCase("ViT-B/32", 32, WeightQuantization.Int8),
        .. Of(Precision.BFloat16),
    ];

    /// <summary>Runs the comparison.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        try
        {
            return Compare(PeerOptions.Parse(args)) == 0 ? 0 : SomeNotMeasured;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(e.Message);
            return UsageError;
        }
    }

    private static IEnumerable<PeerCase> Of(Precision precision) =>
    [
        ImageCase.OfPreset("ViT-B/32", 1, precision),
        ImageCase.OfPreset("ViT-B/32", 32, precision),
        ImageCase.OfPreset("ViT-L/14", 1, precision),
        ImageCase.OfPreset("RN50", 1, precision),
        ImageCase.OfPreset("RN50", 32, precision),
        new CaptionCase(32, precision),
        new ClassBankCase(precision),
        new ImageFilesCase(precision),
    ];

    private static IEnumerable<PeerCase> OfNarrow(WeightQuantization quantization) =>
    [
        new QuantizedImageCase("ViT-B/32", 1, quantization),
        new QuantizedImageCase("ViT-B/32", 32, quantization),
        new QuantizedImageCase("ViT-L/14", 1, quantization),
    ];

    private static IEnumerable<PeerCase> OfBatches(int[] batches) =>
        from precision in (Precision[])[Precision.Float32, Precision.BFloat16]
        from model in (string[])["ViT-B/32", "ViT-L/14", "RN50"]
        from batch in batches
        select ImageCase.OfPreset(model, batch, precision);

    private static int Compare(PeerOptions options)
    {
        var wanted = Choose(options);
        var cases = options.All || Machine.HasBFloat16Products ? wanted : wanted.FindAll(one => one.Precision != Precision.BFloat16);
        if (cases.Any(one => one.Graph is not null))
            options.RequireFolder();

        if (options.Threads is { } count)
            set_num_threads(count);
        var threads = get_num_threads();
        var output = options.JsonTakesOutput ? Console.Error : Console.Out;
        Machine.Write(output);
        output.WriteLine($"{threads} threads; libtorch {Machine.Report.LibTorchVersion}, ONNX Runtime {OnnxPeer.Version} in float32.");
        if (cases.Count < wanted.Count)
            output.WriteLine("bfloat16 is left out: this processor has neither AVX512_BF16 nor AMX and emulates it. --all runs it all the same.");

        using var setting = new PeerSetting(options, threads);
        using var json = OpenJson(options);
        var table = new PeerTable(output, cases.Select(one => one.Name));
        var failures = new PeerRun(table, json).Measure(cases, setting);
        table.WritePeak(setting.Peak);
        return failures;
    }

    private static IResultWriter<PeerResult>? OpenJson(PeerOptions options) =>
        options.JsonTakesOutput ? new ResultStream<PeerResult>(Console.Out)
        : options.Json is { } path ? new ResultFile<PeerResult>(path)
        : null;

    private static List<PeerCase> Choose(PeerOptions options)
    {
        PeerCase[] all = options.Batches.Length > 0 ? [.. OfBatches(options.Batches)] : [.. Cases, .. FolderCases.Find(options.OnnxFolder)];
        var chosen = all.Where(one => options.Cases.Length == 0 || options.Cases.Any(part => one.Label.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();
        return chosen.Count > 0
            ? chosen
            : throw new UsageException($"No case has such a name. There are:\n  {string.Join("\n  ", all.Select(one => one.Label))}");
    }
}
