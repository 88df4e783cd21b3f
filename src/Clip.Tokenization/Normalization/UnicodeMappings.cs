using System.Collections.Frozen;
using System.Globalization;

namespace Clip.Tokenization.Normalization;

/// <summary>Unicode's tables of what characters are made of, as <c>UnicodeMappings.txt</c> lists them.</summary>
/// <remarks>
/// Tables of the library's own make the ids of a text independent of the system: ICU is of another version on every one, and
/// <see cref="string.Normalize()"/> changes nothing in applications with <c>InvariantGlobalization</c>.
/// </remarks>
internal sealed class UnicodeMappings
{
    // No character above is listed, nor one below is a part that composes with what stands before it.
    private const int End = 0x30000;
    private const int FirstListed = 0xC0;

    private static readonly Lazy<UnicodeMappings> Shared = new(Read);

    private readonly FrozenDictionary<int, byte> _classes;
    private readonly FrozenDictionary<int, (int First, int Second)> _canonical;
    private readonly FrozenDictionary<(int First, int Second), int> _composed;
    private readonly FrozenDictionary<char, string> _plain;

    // Bits of the characters that have to be looked at: of a class other than 0, or changed by the composed form.
    private readonly ulong[] _unsettled = new ulong[End / 64];
    private readonly ulong[] _changing = new ulong[End / 64];

    private UnicodeMappings(
        Dictionary<int, byte> classes,
        Dictionary<int, (int First, int Second)> canonical,
        Dictionary<(int First, int Second), int> composed,
        Dictionary<char, string> plain)
    {
        _classes = classes.ToFrozenDictionary();
        _canonical = canonical.ToFrozenDictionary();
        _composed = composed.ToFrozenDictionary();
        _plain = plain.ToFrozenDictionary();

        var composites = composed.Values.ToHashSet();
        foreach (var code in canonical.Keys.Where(code => !composites.Contains(code))
            .Concat(composed.Keys.Select(pair => pair.Second))
            .Concat(Enumerable.Range(0x1100, 0x100).Where(Hangul.IsJoining)))
        {
            Set(_changing, code);
            Set(_unsettled, code);
        }
        foreach (var code in classes.Keys)
            Set(_unsettled, code);
    }

    /// <summary>The tables, read when they are first asked for.</summary>
    public static UnicodeMappings Instance => Shared.Value;

    /// <summary>Whether a text with the character may not be in its composed form; false for most.</summary>
    public bool IsUnsettled(int code) => code >= FirstListed && code < End && Has(_unsettled, code);

    /// <summary>Whether the character is replaced in the composed form, or may join the one before it.</summary>
    public bool MayChange(int code) => code < End && Has(_changing, code);

    /// <summary>The canonical combining class: how marks on one character are ordered; 0 for what is no mark.</summary>
    public int ClassOf(int code) => IsUnsettled(code) ? _classes.GetValueOrDefault(code) : 0;

    /// <summary>What a character is made of; the second part is 0 where it is only another spelling of one character.</summary>
    public bool TryDecompose(int code, out int first, out int second)
    {
        if (Hangul.TryDecompose(code, out first, out second))
            return true;
        var isListed = _canonical.TryGetValue(code, out var parts);
        (first, second) = parts;
        return isListed;
    }

    /// <summary>The character that two make together, or 0.</summary>
    public int Compose(int first, int second) =>
        Hangul.Compose(first, second) is > 0 and var syllable ? syllable : _composed.GetValueOrDefault((first, second));

    /// <summary>The plain form of a ligature, a digraph or a character of half or full width; null for others.</summary>
    public string? Plain(char c) => _plain.GetValueOrDefault(c);

    private static bool Has(ulong[] set, int code) => (set[code >> 6] >> code & 1) != 0;

    private static void Set(ulong[] set, int code) => set[code >> 6] |= 1UL << code;

    private static UnicodeMappings Read()
    {
        using var stream = typeof(UnicodeMappings).Assembly.GetManifestResourceStream("UnicodeMappings.txt")!;
        using var reader = new StreamReader(stream);
        var classes = new Dictionary<int, byte>();
        var canonical = new Dictionary<int, (int First, int Second)>();
        var composed = new Dictionary<(int First, int Second), int>();
        var plain = new Dictionary<char, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var fields = line.Split(' ');
            switch (fields[0])
            {
                case "class":
                    foreach (var code in fields.Skip(2))
                        classes.Add(Code(code), byte.Parse(fields[1], CultureInfo.InvariantCulture));
                    break;
                case "plain":
                    plain.Add((char)Code(fields[1]), string.Concat(fields.Skip(2).Select(code => (char)Code(code))));
                    break;
                case var kind:
                    var parts = (Code(fields[2]), fields.Length > 3 ? Code(fields[3]) : 0);
                    canonical.Add(Code(fields[1]), parts);
                    if (kind == "pair")
                        composed.Add(parts, Code(fields[1]));
                    break;
            }
        }
        return new UnicodeMappings(classes, canonical, composed, plain);
    }

    private static int Code(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
