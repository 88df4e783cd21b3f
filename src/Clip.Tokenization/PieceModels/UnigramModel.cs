using System.Buffers;
using System.Text;

namespace Clip.Tokenization.PieceModels;

/// <summary>Unigram: of all ways to cut a word into pieces, the one whose scores have the largest sum.</summary>
/// <remarks>
/// <para>Source: Kudo 2018, with the search of google/sentencepiece, unigram_model.cc, EncodeOptimized: of equal sums the first found counts,
/// an unknown character scores 10 below the lowest piece, and unknown characters in a row are one token.</para>
/// </remarks>
internal sealed class UnigramModel : PieceModel
{
    private const double UnknownPenalty = 10;
    private const double UserDefinedPenalty = 0.1;

    private readonly PieceTrie _trie;
    private readonly double[] _scores;
    private readonly bool[] _isUserDefined;
    private readonly double _highest;
    private readonly double _unknownScore;
    private readonly bool _isSingle;
    private readonly int _unknownId;
    private readonly ByteFallback? _bytes;

    /// <summary>Creates the model.</summary>
    /// <param name="pieces">The pieces that texts are cut into, with their ids; distinct and not empty.</param>
    /// <param name="scores">The score of each id.</param>
    /// <param name="userDefined">Ids that are always preferred.</param>
    /// <param name="unknownId">The token of what no piece covers.</param>
    /// <param name="bytes">What spells such characters instead; null for none.</param>
    /// <param name="single">Whether sums are rounded to float32 as SentencePiece's are; Hugging Face's are float64.</param>
    public UnigramModel(
        IReadOnlyList<(string Piece, int Id)> pieces, double[] scores, IReadOnlyCollection<int> userDefined, int unknownId, ByteFallback? bytes, bool single)
    {
        _trie = new PieceTrie(pieces);
        _scores = scores;
        _isUserDefined = new bool[scores.Length];
        foreach (var id in userDefined)
            _isUserDefined[id] = true;
        var normal = pieces.Where(piece => !_isUserDefined[piece.Id]).Select(piece => scores[piece.Id]).ToList();
        _highest = normal.Count == 0 ? 0 : normal.Max();
        _isSingle = single;
        _unknownScore = Round((normal.Count == 0 ? 0 : normal.Min()) - UnknownPenalty);
        _unknownId = unknownId;
        _bytes = bytes;
    }

    public override void Encode(ReadOnlySpan<char> word, ref WordTokens tokens)
    {
        var places = ArrayPool<Place>.Shared.Rent(word.Length + 1);
        try
        {
            FindBest(word, places);
            Add(word, places, ref tokens);
        }
        finally
        {
            ArrayPool<Place>.Shared.Return(places);
        }
    }

    private void FindBest(ReadOnlySpan<char> word, Place[] places)
    {
        places.AsSpan(0, word.Length + 1).Fill(new Place(0, PieceTrie.None, PieceTrie.None));
        for (var start = 0; start < word.Length;)
        {
            var length = char.IsHighSurrogate(word[start]) && start + 1 < word.Length ? 2 : 1;
            var sum = places[start].Score;
            var hasCharacter = false;
            var node = PieceTrie.Root;
            for (var end = start; end < word.Length;)
            {
                node = _trie.Next(node, word[end++]);
                if (node == PieceTrie.None)
                    break;
                var id = _trie.Value(node);
                if (id == PieceTrie.None)
                    continue;
                Consider(ref places[end], Round(sum + ScoreOf(id, word[start..end])), start, id);
                hasCharacter |= end - start == length;
            }
            if (!hasCharacter)
                Consider(ref places[start + length], Round(sum + _unknownScore), start, _unknownId);
            start += length;
        }
    }

    private void Add(ReadOnlySpan<char> word, Place[] places, ref WordTokens tokens)
    {
        // The best path is known from its end; its links are turned around to follow it from the start.
        for (var end = word.Length; end > 0;)
        {
            var start = places[end].Start;
            places[start] = places[start] with { Next = end };
            end = start;
        }
        var afterUnknown = false;
        for (var start = 0; start < word.Length; start = places[start].Next)
        {
            var end = places[start].Next;
            var id = places[end].Id;
            var isUnknown = id == _unknownId;
            if (isUnknown && _bytes is not null)
                _bytes.Add(word[start..end], start, ref tokens);
            else if (!isUnknown || !afterUnknown)
                tokens.Add(id, start);
            afterUnknown = isUnknown;
        }
    }

    private double ScoreOf(int id, ReadOnlySpan<char> piece) =>
        _isUserDefined[id] ? Round(Round(Encoding.UTF8.GetByteCount(piece) * _highest) - UserDefinedPenalty) : _scores[id];

    private double Round(double value) => _isSingle ? (float)value : value;

    private static void Consider(ref Place place, double score, int start, int id)
    {
        if (place.Start == PieceTrie.None || score > place.Score)
            place = new Place(score, start, id);
    }

    private readonly record struct Place(double Score, int Start, int Id, int Next = 0);
}
