namespace Clip.Preprocessing.Decoding;

/// <summary>Several decoders as one: the first that reads a file gets it.</summary>
internal sealed class DecoderChain(params IImageDecoder[] decoders) : IImageDecoder
{
    public string Name { get; } = string.Join(", then ", decoders.Select(decoder => decoder.Name));

    public bool CanDecode(ImageHeader header) => Find(header) is not null;

    public DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1) =>
        (Find(header) ?? throw new InvalidDataException($"no decoder here reads {header.Format}")).Decode(encoded, header, reduction);

    private IImageDecoder? Find(ImageHeader header)
    {
        foreach (var decoder in decoders)
        {
            if (decoder.CanDecode(header))
                return decoder;
        }
        return null;
    }
}
