using System.Text.Json;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads merges, as pairs or as two tokens with a space between, and finds their tokens.</summary>
internal sealed class MergeReader(string path, Dictionary<string, int> ids, string continuingPrefix, int mostMerges)
{
    // Two tokens of the greatest length, and the space.
    private const int LongestMerge = 2 * 1024 + 1;

    // JSON may spell a character as \u and four digits.
    private const int LongestSpelling = 6 * LongestMerge;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<(int Left, int Right, int Merged)> _merges = [];
    private readonly char[] _characters = new char[2 * LongestSpelling];

    /// <summary>Reads a list of JSON.</summary>
    public MergeTable Read(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new VocabularyException(path, "is wrong at model.merges: it should be a list.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                Add(_characters.AsSpan(0, Copy(reader, 0)));
                continue;
            }
            var isPair = reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.String;
            var left = isPair ? Copy(reader, 0) : 0;
            isPair = isPair && reader.Read() && reader.TokenType == JsonTokenType.String;
            var right = isPair ? Copy(reader, left) : 0;
            if (!isPair || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                throw Error("should be two tokens");
            Add(_characters.AsSpan(0, left), _characters.AsSpan(left, right));
        }
        return Create();
    }

    /// <summary>Adds two tokens with a space between.</summary>
    public void Add(ReadOnlySpan<char> merge)
    {
        var space = merge.IndexOf(' ');
        if (space <= 0 || space + 1 == merge.Length || merge[(space + 1)..].Contains(' '))
            throw Error("should be two tokens with a space between");
        Add(merge[..space], merge[(space + 1)..]);
    }

    /// <summary>The merges in the order in which they were added.</summary>
    public MergeTable Create()
    {
        var table = new MergeTable(_merges);
        for (var rank = 0; rank < _merges.Count; rank++)
        {
            if (table.Rank(_merges[rank].Left, _merges[rank].Right) != rank)
                throw Error("has the same tokens as a later one", rank);
        }
        return table;
    }

    private int Copy(in Utf8JsonReader reader, int at) => reader.ValueSpan.Length <= LongestSpelling
        ? reader.CopyString(_characters.AsSpan(at))
        : throw Error("has a token that is too long");

    private void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (_merges.Count == mostMerges)
            throw new VocabularyException(path, $"has more than {mostMerges:N0} merges.");
        if (!_ids.TryGetValue(left, out var leftId) || !_ids.TryGetValue(right, out var rightId))
            throw Error($"merges '{TokenTable.Shorten(left.ToString())}' and '{TokenTable.Shorten(right.ToString())}', of which one is no token");
        var rest = continuingPrefix.Length > 0 && right.StartsWith(continuingPrefix) ? right[continuingPrefix.Length..] : right;
        Span<char> whole = left.Length + rest.Length <= 256 ? stackalloc char[left.Length + rest.Length] : new char[left.Length + rest.Length];
        left.CopyTo(whole);
        rest.CopyTo(whole[left.Length..]);
        if (!_ids.TryGetValue(whole, out var id))
            throw Error($"makes '{TokenTable.Shorten(whole.ToString())}', which is no token");
        _merges.Add((leftId, rightId, id));
    }

    private VocabularyException Error(string problem, int? index = null) =>
        new(path, $"is wrong in merge {(index ?? _merges.Count) + 1:N0}: it {problem}.");
}
