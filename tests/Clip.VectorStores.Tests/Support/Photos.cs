using System.Numerics.Tensors;

namespace Clip.VectorStores.Tests.Support;

/// <summary>Photos that are the same in every run.</summary>
public static class Photos
{
    private static readonly string?[] s_categories = ["sea", "city", "forest", null];

    private static readonly string[] s_words = ["harbor", "tower", "oak", "bridge", "gull", "street", "fern"];

    /// <summary>A photo.</summary>
    /// <param name="id">Its key, which decides all else.</param>
    public static Photo Of(int id) => new()
    {
        Id = id,
        Title = $"{s_words[id % 7]} and {s_words[id % 5]} number {id}",
        Category = s_categories[id % 4],
        Year = 1990 + id % 37,
        Rating = id % 3 == 0 ? null : id % 11 / 2.0,
        IsPublic = id % 2 == 0,
        Tags = id % 5 == 0 ? null : [$"t{id % 6}", "all"],
        Modified = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(id),
        Vector = Vector(id),
    };

    /// <summary>Photos with keys from 1 on.</summary>
    /// <param name="count">How many.</param>
    public static Photo[] Many(int count) => [.. Enumerable.Range(1, count).Select(Of)];

    /// <summary>A vector of unit length whose numbers are float16's, so that no store rounds it.</summary>
    /// <param name="seed">Decides it.</param>
    public static float[] Vector(int seed)
    {
        var random = new Random(seed);
        var vector = new float[Photo.Dimensions];
        for (var i = 0; i < vector.Length; i++)
            vector[i] = random.NextSingle() - 0.5f;
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return [.. vector.Select(value => (float)(Half)value)];
    }

    /// <summary>The keys of the closest by cosine, computed here.</summary>
    /// <param name="photos">The photos.</param>
    /// <param name="query">The query.</param>
    public static IEnumerable<(int Id, double Score)> Closest(IEnumerable<Photo> photos, float[] query) =>
        photos.Select(photo => (photo.Id, Score: (double)TensorPrimitives.CosineSimilarity(photo.Vector.Span, query))).OrderByDescending(photo => photo.Score);
}
