namespace Clip.Training.Data;

/// <summary>Where a list says which image has which caption, and how it is written.</summary>
public sealed record CaptionColumns
{
    /// <summary>
    /// Column or property with the path of the image file; null for the first of filepath (open_clip's name), image, path, file,
    /// file_name and filename that is there.
    /// </summary>
    public string? Image { get; init; }

    /// <summary>Column or property with the caption; null for the first of title (open_clip's name), caption and text that is there.</summary>
    public string? Caption { get; init; }

    /// <summary>What relative paths start from; null for the folder of the list.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// What separates the columns of a text file; null for a tab in <c>.tsv</c> files and else the one of comma, tab, semicolon and
    /// vertical bar that finds both columns in the first line.
    /// </summary>
    public char? Separator { get; init; }

    /// <summary>
    /// What quotation marks in a text file mean; null for <see cref="CaptionQuoting.Standard"/>, except where tabs separate the columns and
    /// a field breaks the rules of quoting: then they are text in the whole file.
    /// </summary>
    public CaptionQuoting? Quoting { get; init; }

    /// <summary>The most rows that are read, which bounds the memory.</summary>
    public int MaxRows { get; init; } = 50_000_000;
}
