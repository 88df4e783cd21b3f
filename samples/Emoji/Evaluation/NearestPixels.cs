namespace Emoji.Evaluation;

/// <summary>What one gets without learning: an image has the name of the image of a training style whose pixels are nearest.</summary>
internal static class NearestPixels
{
    /// <summary>Compares images with those of training styles.</summary>
    /// <param name="images">The images.</param>
    /// <param name="known">Images of the training styles.</param>
    /// <param name="all">All emoji.</param>
    /// <returns>How similar each image is to the nearest one of each emoji, [N, M]: minus the square of their distance.</returns>
    public static Tensor Compare(StyleImages images, IEnumerable<StyleImages> known, IReadOnlyList<string> all)
    {
        using var scope = NewDisposeScope();
        var places = all.Select((code, place) => (code, place)).ToDictionary(entry => entry.code, entry => (long)entry.place);
        var queries = images.Pixels.flatten(1);                                                          // [N, P]
        var nearest = empty(images.Codes.Count, all.Count).FillWith(float.NegativeInfinity);             // [N, M]
        foreach (var style in known)
        {
            var columns = tensor(style.Codes.Select(code => places[code]).ToArray());
            var distances = cdist(queries, style.Pixels.flatten(1));                                     // [N, K]
            nearest.index_copy_(1, columns, maximum(nearest.index_select(1, columns), -distances * distances));
        }
        return nearest.MoveToOuterDisposeScope();
    }
}
