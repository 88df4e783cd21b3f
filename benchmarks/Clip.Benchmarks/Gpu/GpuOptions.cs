using System.Globalization;
using Clip.Benchmarks.Peers;
using Clip.Models;
using Clip.Runtime;

namespace Clip.Benchmarks.Gpu;

/// <summary>The command line of <see cref="GpuThroughput"/>.</summary>
internal sealed record GpuOptions
{
    /// <summary>Stands for standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>Where the networks run, as <see cref="ComputeTarget.Resolve(string, Precision)"/> takes it.</summary>
    public string Device { get; private init; } = "cuda";

    /// <summary>What they compute with.</summary>
    public Precision Precision { get; private init; } = Precision.BFloat16;

    /// <summary>The architectures, by the names of <see cref="DualEncoderConfig.Presets"/>.</summary>
    public string[] Models { get; private init; } = ["ViT-B/32", "ViT-L/14", "RN50"];

    /// <summary>Inputs at once.</summary>
    public int[] Batches { get; private init; } = [1, 64, 512];

    /// <summary>Timed rounds of each case; their median counts.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>How long a round takes at least.</summary>
    public double RoundSeconds { get; private init; } = 0.5;

    /// <summary>Where the results go as JSON; null for nowhere.</summary>
    public string? Json { get; private init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static GpuOptions Parse(string[] args)
    {
        var options = new GpuOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--device" => options with { Device = Value(ref i) },
                "--precision" => options with { Precision = ParsePrecision(Value(ref i)) },
                "--models" => options with { Models = [.. List(ref i).Select(Known)] },
                "--batches" => options with { Batches = [.. List(ref i).Select(Number)] },
                "--rounds" => options with { Rounds = Number(Value(ref i)) },
                "--round-ms" => options with { RoundSeconds = Number(Value(ref i)) / 1e3 },
                "--json" => options with { Json = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : StandardOutput },
                var other => throw new UsageException($"There is no option '{other}'."),
            };
        }
        return options;

        string Value(ref int i) => i + 1 < args.Length ? args[++i] : throw new UsageException($"{args[i]} needs a value.");

        string[] List(ref int i) => Value(ref i).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string Known(string model) =>
        DualEncoderConfig.Presets.ContainsKey(model)
            ? model
            : throw new UsageException($"There is no model '{model}', but {string.Join(", ", DualEncoderConfig.Presets.Keys)}.");

    private static Precision ParsePrecision(string text) =>
        Enum.TryParse<Precision>(text, ignoreCase: true, out var precision) && precision != Precision.Auto
            ? precision
            : throw new UsageException($"There is no precision '{text}', but float32, bfloat16 and float16.");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new UsageException($"'{text}' is no number from 1 on.");
}
