namespace Clip.Fuzz.Mutation;

/// <summary>Lines of text, in UTF-8 or not, of a list, a table or an answer of a server.</summary>
internal sealed class LinesMutator : PartsMutator
{
    private static readonly byte[][] s_pieces =
    [
        [.. "\""u8], [.. "\"\""u8], [.. ","u8], [.. "\t"u8], [.. ";"u8], [.. "\r"u8], [.. "\r\n"u8], [.. " "u8], [0], [0xEF, 0xBB, 0xBF], [0xC0, 0x80], [0xED, 0xA0, 0x80],
        [0xE9], [0xFF, 0xFE], [.. "{}"u8], [.. "../"u8], [.. "-1"u8], [.. "99999999999999999999"u8], [.. "#"u8], [.. "="u8], [.. "\u2028"u8], [.. "</w>"u8],
    ];

    protected override List<Part> Split(byte[] file)
    {
        var parts = new List<Part>();
        for (var place = 0; place < file.Length;)
        {
            var end = Array.IndexOf(file, (byte)'\n', place);
            end = end < 0 ? file.Length : end + 1;
            parts.Add(new Part([], file[place..end]));
            place = end;
        }
        return parts;
    }

    protected override byte[] Join(List<Part> parts, Random random) => [.. parts.SelectMany(part => part.Name.Concat(part.Data))];

    protected override byte[] MutateData(Part part, byte[] donor, Random random)
    {
        if (random.Next(2) == 0)
            return base.MutateData(part, donor, random);
        var place = random.Next(part.Data.Length + 1);
        return [.. part.Data[..place], .. s_pieces[random.Next(s_pieces.Length)], .. part.Data[place..]];
    }
}
