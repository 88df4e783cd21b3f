using System.Text.Json;

namespace Clip.Fuzz.Campaigns;

/// <summary>The numbers of a campaign, which a file keeps between calls.</summary>
internal sealed class CampaignState
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Decided about the inputs that are counted.</summary>
    public int Seed { get; init; }

    /// <summary>The numbers by target.</summary>
    public SortedDictionary<string, TargetReport> Targets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Reads a file, or begins.</summary>
    /// <exception cref="ArgumentException">The file belongs to another seed.</exception>
    public static CampaignState ReadOrCreate(string? path, int seed)
    {
        if (path is null || !File.Exists(path))
            return new CampaignState { Seed = seed };
        var state = JsonSerializer.Deserialize<CampaignState>(File.ReadAllText(path), s_json)!;
        return state.Seed == seed ? state : throw new ArgumentException($"'{path}' is of the seed {state.Seed}, not {seed}.");
    }

    /// <summary>The numbers of a target.</summary>
    public TargetReport Of(string target)
    {
        if (!Targets.TryGetValue(target, out var report))
            Targets.Add(target, report = new TargetReport());
        return report;
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, s_json));
        File.Move(temporary, path, overwrite: true);
    }
}
