namespace Clip.Preprocessing.Decoding;

/// <summary>Several decoders as one: a file goes to the first that reads it.</summary>
/// <remarks>A decoder that cannot decode a file leaves it to the next; if none can, the first one's reason is given.</remarks>
internal sealed class DecoderChain(params IImageDecoder[] decoders) : IImageDecoder
{
    public string Name { get; } = string.Join(", then ", decoders.Select(decoder => decoder.Name));

    public bool CanDecode(ImageHeader header) => decoders.Any(decoder => decoder.CanDecode(header));

    public long EstimateMemory(ImageHeader header, int reduction = 1)
    {
        // Whichever of them it comes to.
        var most = 0L;
        foreach (var decoder in decoders)
        {
            if (decoder.CanDecode(header))
                most = Math.Max(most, decoder.EstimateMemory(header, reduction));
        }
        return most;
    }

    /// <summary>The first decoder that reads such a file in stripes, if any.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="reduction">As for <see cref="Decode"/>.</param>
    /// <param name="isFirst">Whether no other decoder would be asked before it.</param>
    public IStripeDecoder? FindStripeDecoder(ImageHeader header, int reduction, out bool isFirst)
    {
        isFirst = true;
        foreach (var decoder in decoders)
        {
            if (!decoder.CanDecode(header))
                continue;
            if (decoder is IStripeDecoder stripes && stripes.CanReadStripes(header, reduction))
                return stripes;
            isFirst = false;
        }
        return null;
    }

    public DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        InvalidDataException? first = null;
        foreach (var decoder in decoders)
        {
            if (!decoder.CanDecode(header))
                continue;
            try
            {
                return decoder.Decode(encoded, header, reduction);
            }
            catch (InvalidDataException e)
            {
                first ??= e;
            }
        }
        throw first ?? new InvalidDataException($"no decoder here reads {header.Format}");
    }
}
