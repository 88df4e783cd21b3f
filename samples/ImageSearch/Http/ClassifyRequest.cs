namespace ImageSearch;

/// <summary>Labels for a collection.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Templates">Sentences with {} in the label's place, such as "a photo of a {}."; none for the labels as they stand.</param>
/// <param name="Top">The most images that are shown of each label, from 1 to 60; 12 unless it is given.</param>
internal sealed record ClassifyRequest(IReadOnlyList<string?>? Labels, IReadOnlyList<string?>? Templates, int? Top);
