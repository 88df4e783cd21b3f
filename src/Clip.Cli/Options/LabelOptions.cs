using System.CommandLine;
using Clip.Cli.Commands;
using Clip.Cli.Files;
using Clip.ZeroShot;

namespace Clip.Cli.Options;

/// <summary>Labels and the prompts that are made of them.</summary>
internal sealed class LabelOptions(bool required)
{
    private readonly Option<string?> _labels = Values.Text(
        "--labels", "Labels with commas between them, or @FILE with one on each line" + (required ? "." : "; the folders' names when left out."), "LABELS|@FILE", required);

    private readonly Option<string?> _templates = Templates();

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [_labels, _templates];

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
            ? throw new UsageException($"The label '{twice.Key}' stands twice in '{given}'.")
            : labels;
    }

    /// <summary>The templates of a command line.</summary>
    public async Task<PromptTemplates> ReadTemplatesAsync(Invocation invocation)
    {
        var given = invocation.Get(_templates)!;
        try
        {
            return given.StartsWith('@')
                ? PromptTemplates.Of([.. await ReadLinesAsync(given[1..], invocation)])
                : PromptTemplates.Parse(given);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--templates: {e.Message}");
        }
    }

    private static async Task<List<string>> ReadLinesAsync(string path, Invocation invocation)
    {
        var lines = new List<string>();
        await foreach (var line in LineReader.ReadTextsAsync(path, invocation.Console.Input, invocation.Cancelled))
        {
            if (!string.IsNullOrWhiteSpace(line))
                lines.Add(line.Trim());
        }
        return lines;
    }

    private static Option<string?> Templates()
    {
        var option = Values.Text(
            "--templates", "Prompts for each label: imagenet (80), simple (7), photo (\"a photo of a {}.\"), none, a text with {}, or @FILE with one on each line.", "NAME|TEXT|@FILE");
        option.DefaultValueFactory = _ => "photo";
        return option;
    }
}
