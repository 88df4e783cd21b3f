using System.Globalization;
using Clip.Fuzz.Targets;

namespace Clip.Fuzz.Campaigns;

/// <summary>What the command line asks for.</summary>
internal sealed record CampaignOptions
{
    /// <summary>How the command is used.</summary>
    public const string Usage =
        """
        Clip.Fuzz [--inputs 100000] [--seed 1] [--target NAME]... [--jobs N] [--minutes N] [--state FILE] [--findings FOLDER]
        Clip.Fuzz --replay FILE --target NAME
        Clip.Fuzz --list

          --inputs    inputs of all targets together
          --seed      decides about all inputs
          --target    a target, or the first words of its name: png, checkpoint; all unless given
          --jobs      processes at a time; one per processor unless given
          --minutes   stop then; the same command with the same --state goes on
          --state     a file that keeps the numbers between calls
          --findings  where inputs that showed something are saved; artifacts/fuzz unless given
          --replay    read one saved input again
          --list      say what the targets call and which outcomes they document
        """;

    /// <summary>Inputs of all targets together.</summary>
    public long Inputs { get; init; } = 100_000;

    /// <summary>Decides about all inputs.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The targets.</summary>
    public IReadOnlyList<FuzzTarget> Targets { get; init; } = [];

    /// <summary>Processes at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>When no further block of inputs is begun; null for never.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>A file that keeps the numbers between calls, or null.</summary>
    public string? StatePath { get; init; }

    /// <summary>Where inputs that showed something are saved.</summary>
    public string FindingsFolder { get; init; } = "artifacts/fuzz";

    /// <summary>A saved input to read again, or null.</summary>
    public string? Replay { get; init; }

    /// <summary>Whether only the targets are to be described.</summary>
    public bool List { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static CampaignOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new CampaignOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--list")
            {
                options = options with { List = true };
                continue;
            }
            if (i + 1 == arguments.Count)
                throw new ArgumentException($"'{arguments[i]}' is unknown or lacks a value.");
            options = options.With(arguments[i], arguments[++i]);
        }
        return options.Targets.Count > 0 ? options : options with { Targets = TargetList.All };
    }

    private CampaignOptions With(string name, string value) => name switch
    {
        "--inputs" => this with { Inputs = long.Parse(value, CultureInfo.InvariantCulture) },
        "--seed" => this with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
        "--target" => this with { Targets = [.. Targets.Union(TargetList.Find(value))] },
        "--jobs" => this with { Jobs = Math.Max(1, int.Parse(value, CultureInfo.InvariantCulture)) },
        "--minutes" => this with { Limit = TimeSpan.FromMinutes(double.Parse(value, CultureInfo.InvariantCulture)) },
        "--state" => this with { StatePath = value },
        "--findings" => this with { FindingsFolder = value },
        "--replay" => this with { Replay = value },
        _ => throw new ArgumentException($"'{name}' is unknown."),
    };
}
