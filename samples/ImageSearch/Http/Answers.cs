namespace ImageSearch;

/// <summary>An image as answers have it.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Bytes">The length of its file.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Added">When it was added.</param>
internal sealed record ImageAnswer(Guid Id, string Title, int Width, int Height, long Bytes, string ContentType, DateTimeOffset Added)
{
    /// <summary>The answer for a record.</summary>
    public static ImageAnswer Of(ImageRecord record) =>
        new(record.Id, record.Title, record.Width, record.Height, record.Bytes, record.ContentType, record.Added);
}

/// <summary>A page of images.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Images">Some of them, the newest first.</param>
internal sealed record PageAnswer(int Total, IReadOnlyList<ImageAnswer> Images);

/// <summary>An image that a search found.</summary>
/// <param name="Image">The image.</param>
/// <param name="Score">Its cosine with the query, from -1 to 1.</param>
internal sealed record FoundAnswer(ImageAnswer Image, double Score);

/// <summary>What a search found.</summary>
/// <param name="Results">The closest first.</param>
internal sealed record SearchAnswer(IReadOnlyList<FoundAnswer> Results);

/// <summary>What became of an upload.</summary>
/// <param name="Image">The image.</param>
/// <param name="IsNew">Whether it was not there before.</param>
internal sealed record AddAnswer(ImageAnswer Image, bool IsNew);

/// <summary>How the collection is.</summary>
/// <param name="State">"loading" until the model is loaded and the collection open, "filling" until it has what it begins with, then "ready".</param>
/// <param name="Images">How many images there are.</param>
/// <param name="Model">The model's name; null until it is loaded.</param>
/// <param name="Store">The vector store.</param>
/// <param name="Seeded">How many of the images that it begins with have been looked at in this run.</param>
/// <param name="SeedTotal">How many of those there are; 0 where the collection has begun before.</param>
/// <param name="MaxClassified">The most images that a list of labels is asked about.</param>
/// <param name="MaxUploadBytes">The longest file that can be added.</param>
internal sealed record CollectionAnswer(string State, int Images, string? Model, string Store, int Seeded, int SeedTotal, int MaxClassified, int MaxUploadBytes);

/// <summary>A collection by labels.</summary>
/// <param name="Classified">How many images were asked about, the newest.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Labels">The labels in the order of the request.</param>
internal sealed record ClassifyAnswer(int Classified, int Total, IReadOnlyList<LabelAnswer> Labels);

/// <summary>A label's images.</summary>
/// <param name="Label">The label.</param>
/// <param name="Count">Of how many images it is the most probable label.</param>
/// <param name="Best">The most probable of them.</param>
internal sealed record LabelAnswer(string Label, int Count, IReadOnlyList<LabelledAnswer> Best);

/// <summary>An image of a label.</summary>
/// <param name="Image">The image.</param>
/// <param name="Probability">The label's probability among the labels, from 0 to 1.</param>
internal sealed record LabelledAnswer(ImageAnswer Image, float Probability);
