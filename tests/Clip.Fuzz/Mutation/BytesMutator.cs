using System.Buffers.Binary;

namespace Clip.Fuzz.Mutation;

/// <summary>Knows nothing of a format: flipped bits, other bytes, pieces that are cut out, doubled, moved or foreign, extreme numbers.</summary>
internal sealed class BytesMutator : Mutator
{
    // Most of what decides something stands at the beginning of a file, much of the rest at its end.
    private const int Beginning = 200;
    private const int End = 80;
    private const int LongestPiece = 24;

    // Instructions of pickles, digits, punctuation of JSON and CSV, extreme bytes, markers of JPEG.
    private static readonly byte[] s_interesting =
    [
        .. "(.012JKMNQRXabcehjqrst)u]}{[\",:;-+eE9\t\r\n\\/"u8,
        0x00, 0x01, 0x7F, 0x80, 0x81, 0x85, 0x86, 0x87, 0x8A, 0x8B, 0x8C, 0x93, 0x94, 0x95, 0xC0, 0xC2, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xFE, 0xFF,
    ];

    public static BytesMutator Instance { get; } = new();

    public override byte[] Mutate(byte[] original, byte[] donor, Random random)
    {
        var bytes = original.ToList();
        for (var changes = CountChanges(random); changes > 0 && bytes.Count > 0; changes--)
            Change(bytes, donor, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, byte[] donor, Random random)
    {
        var place = Place(bytes.Count, random);
        var length = random.Next(1, Math.Min(LongestPiece, bytes.Count - place) + 1);
        switch (random.Next(10))
        {
            case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[place] = (byte)random.Next(256); break;
            case 2: bytes[place] = s_interesting[random.Next(s_interesting.Length)]; break;
            case 3: bytes.RemoveRange(place, random.Next(4) == 0 ? bytes.Count - place : length); break;
            case 4: bytes.InsertRange(place, Noise(random, length)); break;
            case 5: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(place, length)); break;
            case 6: Splice(bytes, place, donor, random); break;
            case 7: bytes.InsertRange(place, Enumerable.Repeat(bytes[place], 1 << random.Next(13))); break;
            default: WriteNumber(bytes, place, random); break;
        }
    }

    private static int Place(int count, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(Beginning, count)),
        1 => count - 1 - random.Next(Math.Min(End, count)),
        _ => random.Next(count),
    };

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    // A piece of the other file, in place of as much here or between.
    private static void Splice(List<byte> bytes, int place, byte[] donor, Random random)
    {
        if (donor.Length == 0)
            return;
        var from = random.Next(donor.Length);
        var piece = donor.AsSpan(from, Math.Min(donor.Length - from, 1 << random.Next(11)));
        if (random.Next(2) == 0)
            bytes.RemoveRange(place, Math.Min(piece.Length, bytes.Count - place));
        bytes.InsertRange(place, piece);
    }

    private static void WriteNumber(List<byte> bytes, int place, Random random)
    {
        long[] numbers =
        [
            0, 1, -1, -2, sbyte.MaxValue, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
            1 << 20, 1L << 40, bytes.Count, bytes.Count - 8, bytes.Count + 1L,
        ];
        var number = new byte[sizeof(long)];
        var value = numbers[random.Next(numbers.Length)];
        var width = 1 << random.Next(4);
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        if (random.Next(2) == 0)
            Array.Reverse(number, 0, width);
        for (var i = 0; i < width && place + i < bytes.Count; i++)
            bytes[place + i] = number[i];
    }
}
