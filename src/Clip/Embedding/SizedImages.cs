using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>Images of sizes of their own: those of one size pass the network together.</summary>
internal static class SizedImages
{
    /// <summary>Encodes a batch.</summary>
    /// <param name="rows">[N, L]; each begins with the pixels of an image, [3, height, width].</param>
    /// <param name="sizes">The images' sizes; the default where there is no image.</param>
    /// <param name="smallest">The side that stands for images that are none.</param>
    /// <param name="oneByOne">Whether each image passes alone.</param>
    /// <param name="encode">Computes rows [n, D] of pixels [n, 3, height, width].</param>
    /// <returns>Rows [N, D] in the order of the batch.</returns>
    public static Tensor Encode(Tensor rows, IReadOnlyList<Resolution> sizes, int smallest, bool oneByOne, Func<Tensor, Tensor> encode)
    {
        using var scope = NewDisposeScope();
        var groups = sizes.Select((size, row) => (Size: size == default ? smallest : size, Row: (long)row))
            .GroupBy(image => (image.Size, Alone: oneByOne ? image.Row : 0)).ToArray();
        var encoded = cat([.. groups.Select(group => EncodeGroup(group.Key.Size, [.. group.Select(image => image.Row)]))], 0);

        // Where each image's row is among those of the groups.
        var places = new long[sizes.Count];
        foreach (var (place, row) in groups.SelectMany(group => group.Select(image => image.Row)).Index())
            places[row] = place;
        return encoded.index_select(0, tensor(places, device: encoded.device)).MoveToOuterDisposeScope();

        Tensor EncodeGroup(Resolution size, long[] members)
        {
            using var inner = NewDisposeScope();
            var (height, width) = size;
            var pixels = rows.index_select(0, tensor(members, device: rows.device)).narrow(1, 0, 3L * height * width);
            return encode(pixels.reshape(members.Length, 3, height, width)).MoveToOuterDisposeScope();
        }
    }
}
