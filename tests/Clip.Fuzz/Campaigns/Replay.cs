using Clip.Fuzz.Targets;
using Clip.Fuzz.Trials;

namespace Clip.Fuzz.Campaigns;

/// <summary>Reads one saved input again, in this process.</summary>
internal static class Replay
{
    /// <returns>Whether it shows nothing.</returns>
    public static bool Run(FuzzTarget target, string path)
    {
        var full = Path.GetFullPath(path).Replace('\\', '/');
        var name = target.Seeds.Select(seed => seed.Name).FirstOrDefault(name => full.EndsWith("/" + name, StringComparison.Ordinal)) ?? target.Seeds[0].Name;
        using var room = new TrialRoom(target);
        var outcome = room.Run(name, File.ReadAllBytes(path));
        Console.WriteLine(outcome.Finding is { } finding ? $"{finding.Kind}: {finding.Problem}"
            : outcome.Refusal is { } refusal ? $"refused with {refusal}"
            : "accepted");
        return outcome.Finding is null;
    }
}
