using System.CommandLine;
using Clip.ZeroShot;

namespace Clip.Cli.Options;

/// <summary>Prompts that labels are put into.</summary>
internal sealed class TemplateOption
{
    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = Create();

    /// <summary>The templates of a command line.</summary>
    public async Task<PromptTemplates> ReadAsync(Invocation invocation)
    {
        var given = invocation.Get(Option)!;
        try
        {
            return given.StartsWith('@')
                ? PromptTemplates.Of([.. await LabelOptions.ReadLinesAsync(given[1..], invocation)])
                : PromptTemplates.Parse(given);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--templates: {e.Message}");
        }
    }

    private static Option<string?> Create()
    {
        var option = Values.Text(
            "--templates", "Prompts for each label: imagenet (80), simple (7), photo (\"a photo of a {}.\"), none, a text with {}, or @FILE with one on each line.", "NAME|TEXT|@FILE");
        option.DefaultValueFactory = _ => "photo";
        return option;
    }
}
