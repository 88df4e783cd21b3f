using System.CommandLine;
using Clip.Training.Data;

namespace Clip.Cli.Options;

/// <summary>The options that say how a list of images and captions is read.</summary>
/// <param name="forShards">Whether the column of captions is also the property of shards.</param>
internal sealed class CaptionListOptions(bool forShards)
{
    private readonly Option<string?> _separator = Values.Text(
        "--separator", "What separates the columns of text lists: a character, or tab. Default: a tab in .tsv files, else what the first line shows.", "CHARACTER");

    /// <summary>The column of paths.</summary>
    public Option<string?> ImageColumn { get; } = Values.Text("--image-column", "Column of lists with the image's path. Default: filepath, image, path, file, file_name or filename.", "NAME");

    /// <summary>The column of captions.</summary>
    public Option<string?> CaptionColumn { get; } = Values.Text(
        "--caption-column", "Column of lists with the caption (default: title, caption or text)" + (forShards ? "; for shards the property of their .json entries." : "."), "NAME");

    /// <summary>What paths are relative to.</summary>
    public Option<string?> ImageRoot { get; } = Values.Text("--image-root", "What paths in lists are relative to. Default: the list's folder.", "FOLDER");

    /// <summary>What quotation marks mean.</summary>
    public Option<string?> Quoting { get; } = Values.Choice(
        "--quoting", "Quotation marks in text lists: around captions with separators in them (standard), or text like any other (none). Default: standard, except in files with tabs that break its rules.", null, "standard", "none");

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [ImageColumn, CaptionColumn, ImageRoot, _separator, Quoting];

    /// <summary>The options that nothing but lists has.</summary>
    public IEnumerable<Option> ListsAlone => forShards ? All.Where(option => option != CaptionColumn) : All;

    /// <summary>What a command line says.</summary>
    /// <exception cref="UsageException">The separator is none.</exception>
    public CaptionColumns Read(Invocation invocation) => new()
    {
        Image = invocation.Get(ImageColumn),
        Caption = invocation.Get(CaptionColumn),
        Root = invocation.Get(ImageRoot),
        Separator = ReadSeparator(invocation),
        Quoting = invocation.Get(Quoting) switch
        {
            null => null,
            "none" => CaptionQuoting.None,
            _ => CaptionQuoting.Standard,
        },
    };

    private char? ReadSeparator(Invocation invocation) => invocation.Get(_separator) switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var character] when character is not ('"' or '\r' or '\n') && !char.IsSurrogate(character) => character,
        var other => throw new UsageException($"--separator must be a character or tab, but is '{other}'."),
    };
}
