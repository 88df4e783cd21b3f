using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing.ImageSharp.Completeness;

/// <summary>The blocks of a GIF file's first frame (GIF89a specification, sections 15 and 22).</summary>
internal static class GifData
{
    /// <summary>Requires the blocks up to the empty one that ends them.</summary>
    /// <exception cref="InvalidDataException">They are cut off.</exception>
    public static void Require(ReadOnlySpan<byte> encoded)
    {
        // The size of the first code stands before the blocks.
        var at = GifHeader.FindData(encoded) + 1;
        while (true)
        {
            if (at >= encoded.Length)
                throw new InvalidDataException("it is cut off");
            var length = encoded[(int)at];
            if (length == 0)
                return;
            at += 1 + length;
        }
    }
}
