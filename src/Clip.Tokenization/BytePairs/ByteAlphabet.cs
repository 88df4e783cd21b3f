using System.Text;

namespace Clip.Tokenization.BytePairs;

/// <summary>The printable character that stands for each byte in vocabulary files, after GPT-2's tokenizer.</summary>
internal static class ByteAlphabet
{
    /// <summary>What is appended to a token that ends a word.</summary>
    public const string EndOfWord = "</w>";

    private const int NoByte = -1;

    /// <summary>The bytes in the order in which their characters stand at the head of the vocabulary.</summary>
    public static readonly byte[] Order = [.. Enumerable.Range(0, 256).OrderBy(code => IsPrintable(code) ? 0 : 1).Select(code => (byte)code)];

    /// <summary>The character of each byte: itself where it is printable, else the next one from U+0100 on.</summary>
    public static readonly char[] Characters = MapBytes();

    private static readonly int[] Bytes = MapCharacters();

    /// <summary>The bytes a token stands for, with "&lt;/w&gt;" as it is written.</summary>
    public static byte[] Spell(string token)
    {
        var bytes = new List<byte>(token.Length);
        foreach (var c in token)
        {
            if (c < Bytes.Length && Bytes[c] is not NoByte and var value)
                bytes.Add((byte)value);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes([c]));
        }
        return [.. bytes];
    }

    private static bool IsPrintable(int code) => code is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');

    private static char[] MapBytes()
    {
        var characters = new char[256];
        var next = (char)0x100;
        for (var code = 0; code < 256; code++)
            characters[code] = IsPrintable(code) ? (char)code : next++;
        return characters;
    }

    // By character; those that are not printable themselves stand behind U+0100.
    private static int[] MapCharacters()
    {
        var bytes = new int[0x200];
        Array.Fill(bytes, NoByte);
        for (var value = 0; value < Characters.Length; value++)
            bytes[Characters[value]] = value;
        return bytes;
    }
}
