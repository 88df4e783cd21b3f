namespace Clip.ZeroShot.ClassBanks;

/// <summary>The prompts of a bank in the order of its classes, made when they are asked for; each distinct name and template once.</summary>
internal sealed class PromptList
{
    private readonly string[] _names;
    private readonly (string Template, int Weight)[] _templates;

    public PromptList(IReadOnlyList<string> classNames, PromptTemplates templates)
    {
        _names = [.. classNames.Distinct(StringComparer.Ordinal)];
        _templates = [.. templates.CountBy(template => template, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];

        var places = _names.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        RowOfClass = [.. classNames.Select(name => places[name])];
    }

    /// <summary>For each class the distinct name that it has.</summary>
    public int[] RowOfClass { get; }

    /// <summary>Distinct names.</summary>
    public int Names => _names.Length;

    /// <summary>Distinct prompts per name.</summary>
    public int PerName => _templates.Length;

    public long Count => (long)Names * PerName;

    /// <summary>How often a name's prompt counts in the mean.</summary>
    public int Weight(int template) => _templates[template].Weight;

    /// <summary>The first class that has the prompt's name.</summary>
    public int ClassOf(Prompt prompt) => Array.IndexOf(RowOfClass, prompt.Name);

    public IEnumerable<Prompt> All()
    {
        for (var name = 0; name < _names.Length; name++)
        {
            for (var template = 0; template < _templates.Length; template++)
                yield return new Prompt(name, template, _templates[template].Template.Replace(PromptTemplates.Placeholder, _names[name], StringComparison.Ordinal));
        }
    }
}
