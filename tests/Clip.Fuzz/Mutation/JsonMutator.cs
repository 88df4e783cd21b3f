using System.Text;
using System.Text.Json;

namespace Clip.Fuzz.Mutation;

/// <summary>Values and properties of JSON: other values, doubled, missing and renamed properties, JSON inside of strings, and sometimes broken text.</summary>
internal sealed class JsonMutator : Mutator
{
    private static readonly string[] s_pieces =
    [
        "-1", "0", "1", "-0.0", "1e309", "1e-400", "2147483648", "4611686018427387904", "9223372036854775807", "18446744073709551616", "0.5", "NaN",
        "null", "true", "false", "[]", "[1,2]", "[[]]", "[null]", "{}", "{\"a\":{}}", "\"\"", "\"tanh\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"",
        "\"../../x\"", "\"1\"", "\"NaN\"", "[{}]", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
    ];

    public override byte[] Mutate(byte[] original, byte[] donor, Random random)
    {
        var text = original;
        for (var changes = CountChanges(random); changes > 0; changes--)
        {
            var (values, properties) = Find(text);
            text = random.Next(10) switch
            {
                0 => BytesMutator.Instance.Mutate(text, donor, random),
                1 when properties.Count > 0 => Insert(text, Pick(properties, random).Start, [.. Slice(text, Pick(properties, random)), (byte)',']),
                2 when properties.Count > 0 => Remove(text, Pick(properties, random)),
                3 when values.Count > 0 && Find(donor).Values is { Count: > 0 } others => Replace(text, Pick(values, random), Slice(donor, Pick(others, random))),
                4 when values.Count > 0 => Replace(text, Pick(values, random), Slice(text, Pick(values, random))),
                5 when values.Count > 0 => MutateSlice(text, Pick(values, random), donor, random),
                6 or 7 when values.Where(value => IsNested(text, value)).ToList() is { Count: > 0 } nested => MutateNested(text, Pick(nested, random), random),
                _ when values.Count > 0 => Replace(text, Pick(values, random), Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)])),
                _ => BytesMutator.Instance.Mutate(text, donor, random),
            };
        }
        return text;
    }

    // Where values are, and where properties with their values are; of broken text, those before the fault.
    private static (List<Span> Values, List<Span> Properties) Find(byte[] text)
    {
        var values = new List<Span>();
        var properties = new List<Span>();
        var starts = new Stack<int>();
        var names = new Stack<int>();
        var name = -1;
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = (int)reader.TokenStartIndex;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        starts.Push((int)reader.TokenStartIndex);
                        names.Push(name);
                        break;
                    default:
                        var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
                        var start = isEnd ? starts.Pop() : (int)reader.TokenStartIndex;
                        var before = isEnd ? names.Pop() : name;
                        values.Add(new Span(start, (int)reader.BytesConsumed));
                        if (before >= 0)
                            properties.Add(new Span(before, (int)reader.BytesConsumed));
                        break;
                }
                name = -1;
            }
        }
        catch (JsonException)
        {
            // What was found before the fault is enough.
        }
        return (values, properties);
    }

    private static Span Pick(List<Span> spans, Random random) => spans[random.Next(spans.Count)];

    private static byte[] Slice(byte[] text, Span span) => text[span.Start..span.End];

    private static byte[] Insert(byte[] text, int place, byte[] piece) => [.. text[..place], .. piece, .. text[place..]];

    private static byte[] Replace(byte[] text, Span span, byte[] piece) => [.. text[..span.Start], .. piece, .. text[span.End..]];

    private static byte[] MutateSlice(byte[] text, Span span, byte[] donor, Random random) =>
        Replace(text, span, BytesMutator.Instance.Mutate(Slice(text, span), donor, random));

    private static bool IsNested(byte[] text, Span span) => text.AsSpan(span.Start).StartsWith("\"["u8) || text.AsSpan(span.Start).StartsWith("\"{"u8);

    private byte[] MutateNested(byte[] text, Span span, Random random)
    {
        try
        {
            var inner = Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(text.AsSpan(span.Start, span.End - span.Start))!);
            var mutated = Encoding.UTF8.GetString(Mutate(inner, inner, random));
            return Replace(text, span, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(mutated)}\""));
        }
        catch (JsonException)
        {
            // An earlier change has left half a character in the string.
            return BytesMutator.Instance.Mutate(text, text, random);
        }
    }

    // With the comma behind it, or else before it.
    private static byte[] Remove(byte[] text, Span span)
    {
        var end = span.End < text.Length && text[span.End] == ',' ? span.End + 1 : span.End;
        var start = end == span.End && span.Start > 0 && text[span.Start - 1] == ',' ? span.Start - 1 : span.Start;
        return [.. text[..start], .. text[end..]];
    }

    private readonly record struct Span(int Start, int End);
}
