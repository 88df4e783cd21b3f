namespace Clip.Fuzz.Mutation;

/// <summary>Blocks of GIF: the screen with its colors, extensions, and frames, whose codes are in sub-blocks of their own lengths.</summary>
internal sealed class GifMutator : PartsMutator
{
    private const int ScreenLength = 13;
    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;

    protected override List<Part>? Split(byte[] file)
    {
        if (file.Length < ScreenLength)
            return null;
        var place = ScreenLength + ColorBytes(file[10]);
        if (place > file.Length)
            return null;
        var parts = new List<Part> { new(file[..ScreenLength], file[ScreenLength..place]) };
        while (place + 10 < file.Length && file[place] is Extension or Frame)
        {
            var header = file[place] == Extension ? 2 : 10 + ColorBytes(file[place + 9]) + 1;
            var end = SkipBlocks(file, place + header);
            if (end < 0)
                break;
            parts.Add(new Part(file[place..(place + header)], file[(place + header)..end]));
            place = end;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random)
    {
        var file = parts.SelectMany(part => part.Name.Concat(part.Data));
        return Wrong(random) ? [.. file] : [.. file, 0x3B];
    }

    private static int ColorBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static int SkipBlocks(byte[] file, int place)
    {
        while (place < file.Length && file[place] > 0)
            place += file[place] + 1;
        return place < file.Length ? place + 1 : -1;
    }
}
