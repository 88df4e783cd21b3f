using System.CommandLine;
using Clip.Cli.Files;
using Clip.ZeroShot;

namespace Clip.Cli.Options;

/// <summary>Labels and the prompts that are made of them.</summary>
internal sealed class LabelOptions(bool required)
{
    private readonly Option<string?> _labels = Values.Text(
        "--labels", "Labels with commas between them, or @FILE with one on each line" + (required ? "." : "; the folders' names when left out."), "LABELS|@FILE", required);

    private readonly TemplateOption _templates = new();

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [_labels, _templates.Option];

    /// <summary>The labels of a command line; null where they are left out.</summary>
    public async Task<IReadOnlyList<string>?> ReadLabelsAsync(Invocation invocation)
    {
        if (invocation.Get(_labels) is not { } given)
            return null;
        IReadOnlyList<string> labels = given.StartsWith('@')
            ? await ReadLinesAsync(given[1..], invocation)
            : given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (labels.Count == 0)
            throw new UsageException($"There are no labels in '{given}'.");
        return labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"The label '{twice.Key}' appears twice in '{given}'.")
            : labels;
    }

    /// <summary>The templates of a command line.</summary>
    public Task<PromptTemplates> ReadTemplatesAsync(Invocation invocation) => _templates.ReadAsync(invocation);

    /// <summary>The lines of a file that are not blank.</summary>
    internal static async Task<List<string>> ReadLinesAsync(string path, Invocation invocation)
    {
        var lines = new List<string>();
        await foreach (var line in LineReader.ReadTextsAsync(path, invocation.Console.Input, invocation.Cancelled))
        {
            if (!string.IsNullOrWhiteSpace(line))
                lines.Add(line.Trim());
        }
        return lines;
    }
}
