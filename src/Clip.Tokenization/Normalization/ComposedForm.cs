using System.Text;

namespace Clip.Tokenization.Normalization;

/// <summary>Normalization forms C and D; in C, letters and their marks as one character where Unicode has one, other marks in a fixed order.</summary>
/// <remarks>Source: Unicode Standard Annex 15. Halves of surrogate pairs stay what they are.</remarks>
internal static class ComposedForm
{
    // Characters below neither change nor join another.
    private const char FirstToLookAt = '\u0300';
    private const char FirstComposite = '\u00C0';

    /// <summary>The composed form; the text itself where it is in it.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstToLookAt, char.MaxValue))
            return text;
        var mappings = UnicodeMappings.Instance;
        return IsComposed(text, mappings) ? text : Compose(Decompose(text, mappings), mappings);
    }

    /// <summary>The decomposed form, normalization form D: letters apart from their marks.</summary>
    public static string Decompose(string text) =>
        text.AsSpan().ContainsAnyInRange(FirstComposite, char.MaxValue) ? ToText(Decompose(text, UnicodeMappings.Instance)) : text;

    // The quick check of the annex: most texts pass it, and others are no worse for a second look.
    private static bool IsComposed(string text, UnicodeMappings mappings)
    {
        var last = 0;
        for (var i = 0; i < text.Length;)
        {
            var code = CodeAt(text, ref i);
            if (!mappings.IsUnsettled(code))
            {
                last = 0;
                continue;
            }
            var mark = mappings.ClassOf(code);
            if (mappings.MayChange(code) || (mark != 0 && mark < last))
                return false;
            last = mark;
        }
        return true;
    }

    private static List<int> Decompose(string text, UnicodeMappings mappings)
    {
        var codes = new List<int>(text.Length + 8);
        for (var i = 0; i < text.Length;)
            Append(codes, CodeAt(text, ref i), mappings);

        for (var start = 0; start < codes.Count; start++)
        {
            if (mappings.ClassOf(codes[start]) == 0)
                continue;
            var end = start + 1;
            while (end < codes.Count && mappings.ClassOf(codes[end]) != 0)
                end++;
            Order(codes, start, end, mappings);
            start = end;
        }
        return codes;
    }

    private static void Append(List<int> codes, int code, UnicodeMappings mappings)
    {
        if (!mappings.TryDecompose(code, out var first, out var second))
        {
            codes.Add(code);
            return;
        }
        Append(codes, first, mappings);
        if (second != 0)
            Append(codes, second, mappings);
    }

    // Marks by class; those of one class stay in their order.
    private static void Order(List<int> codes, int start, int end, UnicodeMappings mappings)
    {
        if (end - start == 1)
            return;
        var ordered = codes[start..end].OrderBy(mappings.ClassOf).ToArray();
        for (var i = start; i < end; i++)
            codes[i] = ordered[i - start];
    }

    private static string Compose(List<int> codes, UnicodeMappings mappings)
    {
        int starter = -1, last = 0, length = 0;
        for (var i = 0; i < codes.Count; i++)
        {
            var code = codes[i];
            var mark = mappings.ClassOf(code);

            // A mark of the same class in between, or another letter, keeps the two apart.
            var isReachable = starter >= 0 && (length == starter + 1 || last < mark);
            if (isReachable && mappings.Compose(codes[starter], code) is > 0 and var composed)
            {
                codes[starter] = composed;
                continue;
            }
            if (mark == 0)
                starter = length;
            last = mark;
            codes[length++] = code;
        }

        codes.RemoveRange(length, codes.Count - length);
        return ToText(codes);
    }

    private static string ToText(List<int> codes)
    {
        var text = new StringBuilder(codes.Count);
        foreach (var code in codes)
        {
            if (code <= char.MaxValue)
                text.Append((char)code);
            else
                text.Append(char.ConvertFromUtf32(code));
        }
        return text.ToString();
    }

    private static int CodeAt(string text, ref int index)
    {
        var c = text[index++];
        return char.IsHighSurrogate(c) && index < text.Length && char.IsLowSurrogate(text[index])
            ? char.ConvertToUtf32(c, text[index++])
            : c;
    }
}
