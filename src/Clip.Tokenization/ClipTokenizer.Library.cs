using System.Buffers;
using System.Text;
using Clip.Tokenization.BytePairs;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

// The members of Tokenizer.
public sealed partial class ClipTokenizer
{
    /// <inheritdoc/>
    public override Normalizer Normalizer => field ??= new CleaningNormalizer(_cleaner);

    /// <inheritdoc/>
    public override PreTokenizer PreTokenizer => field ??= new WordPreTokenizer(_scanner);

    /// <summary>Turns tokens back into text, special tokens spelled out, a space behind each word.</summary>
    /// <param name="ids">The tokens. Bytes that are no UTF-8, as of a character of which a part is missing, become U+FFFD.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    /// <summary>Turns tokens back into text, a space behind each word.</summary>
    /// <param name="ids">The tokens. Bytes that are no UTF-8, as of a character of which a part is missing, become U+FFFD.</param>
    /// <param name="skipSpecialTokens">Whether start, end and other special tokens are left out.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (id < 0 || id >= _spellings.Length)
                throw new ArgumentException($"{id} is not one of the {_spellings.Length:N0} tokens.", nameof(ids));
            if (!skipSpecialTokens || !_specialIds.Contains(id))
                bytes.AddRange(_spellings[id]);
        }
        // After decoding, as in the original: an end of word may stand inside a character's bytes.
        return Encoding.UTF8.GetString([.. bytes]).Replace(ByteAlphabet.EndOfWord, " ", StringComparison.Ordinal);
    }

    /// <summary>Turns tokens back into text, in memory of the caller's.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="destination">Where the text goes, all of it or nothing.</param>
    /// <param name="idsConsumed">How many tokens were decoded.</param>
    /// <param name="charsWritten">How many characters were written.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var list = ids.ToList();
        var text = Decode(list);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (list.Count, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffer = Encode(text, textSpan, settings);
        var count = buffer.WholeCharacters(settings.MaxTokenCount);
        var tokens = new EncodedToken[count];
        var ends = 0;
        for (var i = 0; i < count; i++)
        {
            var id = buffer.Ids[i];
            var start = ends + buffer.CharacterIndex(i == 0 ? 0 : EndByte(buffer, i - 1), buffer.Starts[i]);
            ends = start + buffer.CharacterIndex(buffer.Starts[i], EndByte(buffer, i));
            tokens[i] = new EncodedToken(id, _tokens[id], start..ends);
        }
        var results = new EncodeResults<EncodedToken>
        {
            Tokens = tokens,
            NormalizedText = buffer.GetText(),
            CharsConsumed = buffer.CharactersBefore(count),
        };
        buffer.Return();
        return results;
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffer = Encode(text, textSpan, settings);
        var count = buffer.WholeCharacters(settings.MaxTokenCount);
        var results = new EncodeResults<int>
        {
            Tokens = buffer.Ids[..count].ToArray(),
            NormalizedText = buffer.GetText(),
            CharsConsumed = buffer.CharactersBefore(count),
        };
        buffer.Return();
        return results;
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffer = Encode(text, textSpan, settings);
        var count = buffer.WholeCharacters(settings.MaxTokenCount);
        buffer.Return();
        return count;
    }

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var buffer = Encode(text, textSpan, settings);
        normalizedText = buffer.GetText();
        int index;
        if (fromEnd)
        {
            var first = Math.Max(0, buffer.Count - settings.MaxTokenCount);
            while (first < buffer.Count && !buffer.IsBoundary(buffer.Starts[first]))
                first++;
            tokenCount = buffer.Count - first;
            index = first == 0 ? 0 : buffer.CharactersBefore(first);
        }
        else
        {
            tokenCount = buffer.WholeCharacters(settings.MaxTokenCount);
            index = buffer.CharactersBefore(tokenCount);
        }
        buffer.Return();
        return index;
    }

    private TokenBuffer Encode(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffer = TokenBuffer.Rent();
        Encode(text is null ? textSpan : text, settings.ConsiderNormalization, settings.ConsiderPreTokenization, buffer);
        return buffer;
    }

    // A token ends where the next one starts, or at the white space before that.
    private static int EndByte(TokenBuffer buffer, int token)
    {
        var end = token + 1 < buffer.Count ? buffer.Starts[token + 1] : buffer.Length;
        while (end - 1 > buffer.Starts[token] && buffer.Utf8[end - 1] == ' ')
            end--;
        return end;
    }
}
