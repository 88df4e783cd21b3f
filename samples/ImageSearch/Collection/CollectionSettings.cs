using System.ComponentModel.DataAnnotations;

namespace ImageSearch;

/// <summary>Where the collection is, and what is in it from the start: the section "Collection" of the settings.</summary>
public sealed class CollectionSettings
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Collection";

    /// <summary>The folder of images, and of the index where that is in files; relative to where the application is started.</summary>
    [Required]
    public string Folder { get; set; } = "data";

    /// <summary>A folder of images, or a tar file of them, that is added at the first start; relative to the application. Empty for none.</summary>
    public string Seed { get; set; } = "";

    /// <summary>The most images that a list of labels is asked about at a time, the newest.</summary>
    [Range(1, 10_000_000)]
    public int MaxClassified { get; set; } = 20_000;
}
