using System.Text;

namespace Clip.Tokenization.Tests.Support;

/// <summary>A SentencePiece unigram model of a few pieces, written as the protocol buffer that such files are.</summary>
internal static class TinySentencePiece
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UnigramModel = 1;

    /// <summary>The pieces by id: padding 0, end 1, unknown 2, then words.</summary>
    public static readonly string[] Pieces =
        ["<pad>", "</s>", "<unk>", "▁a", "▁photo", "▁of", "▁cat", "s", "▁", "d", "o", "g", "t", "c", "a", "p", "h", "f", "i", "e", "l", "n"];

    /// <summary>Writes the model.</summary>
    public static void Write(string path)
    {
        using var model = new MemoryStream();
        for (var id = 0; id < Pieces.Length; id++)
        {
            var type = id == 2 ? Unknown : id < 2 ? Control : Normal;
            // Longer pieces are likelier than the letters that they consist of.
            var score = Pieces[id].Length > 1 ? -1f : -8f;
            Field(model, 1, [.. String(1, Pieces[id]), (2 << 3) | 5, .. BitConverter.GetBytes(score), .. Number(3, type)]);
        }
        Field(model, 2, [.. Number(3, UnigramModel), .. Number(40, 2), .. Number(41, -1), .. Number(42, 1), .. Number(43, 0)]);
        Field(model, 3, [.. String(1, "identity"), .. Number(3, 1), .. Number(4, 1), .. Number(5, 1)]);
        File.WriteAllBytes(path, model.ToArray());
    }

    private static void Field(Stream target, int number, byte[] message)
    {
        target.Write(Varint((ulong)((number << 3) | 2)));
        target.Write(Varint((ulong)message.Length));
        target.Write(message);
    }

    private static byte[] String(int number, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Varint((ulong)((number << 3) | 2)), .. Varint((ulong)bytes.Length), .. bytes];
    }

    private static byte[] Number(int number, long value) => [.. Varint((ulong)(number << 3)), .. Varint((ulong)value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
