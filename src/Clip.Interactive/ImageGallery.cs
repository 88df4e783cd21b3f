using Clip.Preprocessing;

namespace Clip.Interactive;

/// <summary>Images side by side, as the output of a cell.</summary>
public sealed record ImageGallery
{
    /// <summary>Takes images and what to write under them.</summary>
    /// <param name="images">The images. Streams are shown by their names alone, because reading them would use them up.</param>
    /// <param name="captions">One caption per image; null for the images' names.</param>
    /// <exception cref="ArgumentException">There are captions, but not one per image.</exception>
    public ImageGallery(IEnumerable<ImageSource> images, IEnumerable<string>? captions = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        Images = [.. images];
        Captions = captions is null ? null : [.. captions];
        if (Captions is not null && Captions.Count != Images.Count)
            throw new ArgumentException($"There are {Captions.Count} captions for {Images.Count} images.", nameof(captions));
    }

    /// <summary>The images.</summary>
    public IReadOnlyList<ImageSource> Images { get; }

    /// <summary>What stands under them; null for their names.</summary>
    public IReadOnlyList<string>? Captions { get; }

    /// <summary>Images in a row, at least 1.</summary>
    public int Columns
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 6;

    internal string CaptionOf(int index) => Captions is null ? Html.Thumbnail.Name(Images[index]) : Captions[index];
}
