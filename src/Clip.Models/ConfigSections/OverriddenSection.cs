using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>A section of a config file and a second one whose settings, where they stand, count instead.</summary>
/// <param name="parent">The object that holds both.</param>
/// <param name="name">Name of the section.</param>
/// <param name="first">The section, or null where it is missing and all defaults count.</param>
/// <param name="second">What overrides it, or null.</param>
internal sealed class OverriddenSection(ConfigSection parent, string name, ConfigSection? first, ConfigSection? second)
{
    /// <summary>The sections that are there.</summary>
    public IEnumerable<ConfigSection> Sections => new[] { first, second }.OfType<ConfigSection>();

    public int Integer(string setting, int fallback) => Pick(setting)?.Integer(setting, fallback) ?? fallback;

    public double Number(string setting, double fallback) => Pick(setting)?.Number(setting, fallback) ?? fallback;

    public bool Flag(string setting, bool fallback) => Pick(setting)?.Flag(setting, fallback) ?? fallback;

    public string? Text(string setting) => Pick(setting)?.Text(setting);

    /// <summary>Takes settings as known that change nothing.</summary>
    public void Ignore(params IReadOnlyList<string> settings)
    {
        foreach (var section in Sections)
            section.Ignore(settings);
    }

    public CheckpointException Error(string setting, string problem) =>
        Pick(setting)?.Error(setting, problem) ?? parent.Error($"{name}.{setting}", problem);

    private ConfigSection? Pick(string setting)
    {
        var inFirst = first?.Has(setting) ?? false;     // asked in any case, so that it counts as known
        return second?.Has(setting) == true ? second : inFirst ? first : null;
    }
}
