using System.Globalization;

namespace Clip.Benchmarks.Peers;

/// <summary>The command line of the comparisons with peers.</summary>
internal sealed record PeerOptions
{
    /// <summary>Stands for standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>The folder of the ONNX graphs.</summary>
    public string? OnnxFolder { get; private init; }

    /// <summary>Where the results go as JSON; null for nowhere.</summary>
    public string? Json { get; private init; }

    /// <summary>Parts of the labels of the cases that are wanted; none for all.</summary>
    public string[] Cases { get; private init; } = [];

    /// <summary>Sizes of batches of images that are measured in place of the usual ones; none for those.</summary>
    public int[] Batches { get; private init; } = [];

    /// <summary>Turns of each side.</summary>
    public int Rounds { get; private init; } = 7;

    /// <summary>Threads of both sides; null for libtorch's choice, one per core.</summary>
    public int? Threads { get; private init; }

    /// <summary>Whether to run bfloat16 also where the processor has no instructions for it.</summary>
    public bool All { get; private init; }

    /// <summary>Whether standard output belongs to the JSON.</summary>
    public bool JsonTakesOutput => Json == StandardOutput;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static PeerOptions Parse(string[] args)
    {
        var options = new PeerOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--onnx" => options with { OnnxFolder = Value(ref i) },
                "--json" => options with { Json = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : StandardOutput },
                "--cases" => options with { Cases = Value(ref i).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                "--batches" => options with { Batches = [.. Value(ref i).Split(',').Select(ParseBatch)] },
                "--rounds" => options with { Rounds = Count(ref i) },
                "--threads" => options with { Threads = Count(ref i) },
                "--all" => options with { All = true },
                var other => throw new UsageException($"There is no option '{other}'."),
            };
        }
        return options;

        string Value(ref int i) => i + 1 < args.Length ? args[++i] : throw new UsageException($"{args[i]} needs a value.");

        int Count(ref int i)
        {
            var name = args[i];
            return ParseCount(Value(ref i), name);
        }

        static int ParseBatch(string text) => ParseCount(text, "--batches");

        static int ParseCount(string text, string name) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new UsageException($"{name} needs a number from 1 on.");
    }

    /// <summary>Checks the folder of the graphs.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="UsageException">It was not named, or is not there.</exception>
    public string RequireFolder()
    {
        if (OnnxFolder is null)
            throw new UsageException("Name the folder of the ONNX graphs: --onnx FOLDER.");
        return Directory.Exists(OnnxFolder)
            ? OnnxFolder
            : throw new UsageException($"There is no folder '{OnnxFolder}'. Name that of the ONNX graphs: --onnx FOLDER.");
    }

    /// <summary>The path of a graph.</summary>
    /// <exception cref="UsageException">The folder was not named, or is not there, or lacks the file.</exception>
    public string FindGraph(string file)
    {
        var path = Path.Combine(RequireFolder(), file);
        return File.Exists(path) ? path : throw new UsageException($"The folder '{OnnxFolder}' has no {file}.");
    }
}
