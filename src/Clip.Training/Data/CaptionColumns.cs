namespace Clip.Training.Data;

/// <summary>Where a list says which picture has which caption.</summary>
public sealed record CaptionColumns
{
    /// <summary>Column or property with the path of the image file; "filepath" unless set, as in open_clip.</summary>
    public string Image { get; init; } = "filepath";

    /// <summary>Column or property with the caption; "title" unless set, as in open_clip.</summary>
    public string Caption { get; init; } = "title";

    /// <summary>What relative paths start from; null for the folder of the list.</summary>
    public string? Root { get; init; }

    /// <summary>What separates the columns of a text file; null for a tab in <c>.tsv</c> files and else what its first line shows.</summary>
    public char? Separator { get; init; }

    /// <summary>The most rows that are read, which bounds the memory.</summary>
    public int MaxRows { get; init; } = 50_000_000;
}
