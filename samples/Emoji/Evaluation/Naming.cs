namespace Emoji.Evaluation;

/// <summary>How often the name of an image's emoji is the nearest of all names, or among the five nearest.</summary>
/// <param name="Top1">Share of images whose name is the nearest.</param>
/// <param name="Top5">Share of images whose name is among the five nearest.</param>
internal readonly record struct Naming(double Top1, double Top5)
{
    /// <summary>Compares images with names.</summary>
    /// <param name="images">Embeddings of the images [N, E].</param>
    /// <param name="codes">The emoji of the images.</param>
    /// <param name="names">Embeddings of the names [M, E].</param>
    /// <param name="all">The emoji of the names.</param>
    public static Naming Measure(Tensor images, IReadOnlyList<string> codes, Tensor names, IReadOnlyList<string> all)
    {
        using var scope = NewDisposeScope();
        return Of(images.matmul(names.t()), codes, all);
    }

    /// <summary>Counts from similarities.</summary>
    /// <param name="similarities">Of images and names [N, M].</param>
    /// <param name="codes">The emoji of the rows.</param>
    /// <param name="all">The emoji of the columns.</param>
    public static Naming Of(Tensor similarities, IReadOnlyList<string> codes, IReadOnlyList<string> all)
    {
        using var scope = NewDisposeScope();
        var places = all.Select((code, place) => (code, place)).ToDictionary(entry => entry.code, entry => (long)entry.place);
        var own = similarities.gather(1, tensor(codes.Select(code => places[code]).ToArray()).unsqueeze(1));          // [N, 1]
        var nearer = (similarities > own).sum(1).data<long>().ToArray();
        return new Naming(nearer.Average(count => count < 1 ? 1.0 : 0), nearer.Average(count => count < 5 ? 1.0 : 0));
    }
}
