using System.Numerics;
using Clip.Tokenization.BytePairs;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

/// <summary>A tokenizer that fills rows of a model's context length: start token, tokens, end token, padding.</summary>
/// <remarks>
/// Its members may be called from several threads at once. The members of <see cref="Tokenizer"/> leave start, end and padding out.
/// </remarks>
public abstract partial class ContextTokenizer : Tokenizer
{
    private const int LongestQuote = 60;

    private protected ContextTokenizer(int contextLength, TokenOverflow overflow)
    {
        ContextLength = contextLength;
        Overflow = overflow;
    }

    /// <summary>Tokens per row, start and end included.</summary>
    public int ContextLength { get; }

    /// <summary>What happens to a text that is too long.</summary>
    public TokenOverflow Overflow { get; }

    /// <summary>The token that starts each row; null for models without one.</summary>
    public abstract int? StartTokenId { get; }

    /// <summary>The token that ends each text.</summary>
    public abstract int EndTokenId { get; }

    /// <summary>The token behind the end.</summary>
    public abstract int PaddingTokenId { get; }

    /// <summary>Number of tokens.</summary>
    public abstract int VocabularySize { get; }

    private int Room => ContextLength - 1 - (StartTokenId is null ? 0 : 1);

    /// <summary>Fills a row with the tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="row"><see cref="ContextLength"/> token ids.</param>
    /// <exception cref="ArgumentException">The row has another length, or the text is too long and may not be truncated.</exception>
    public void Tokenize(string text, Span<int> row) => TokenizeRow(text, row);

    /// <inheritdoc cref="Tokenize(string, Span{int})"/>
    public void Tokenize(string text, Span<long> row) => TokenizeRow(text, row);

    /// <summary>Makes a row of the tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns><see cref="ContextLength"/> token ids.</returns>
    /// <exception cref="ArgumentException">The text is too long and may not be truncated.</exception>
    public long[] Tokenize(string text)
    {
        var row = new long[ContextLength];
        TokenizeRow<long>(text, row);
        return row;
    }

    /// <summary>Says what of a text fits the context, and what does not.</summary>
    /// <param name="text">The text.</param>
    public ContextFit Fit(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = TokenBuffer.Rent();
        try
        {
            Encode(text, buffer);
            var (kept, dropped) = buffer.Count <= Room ? (CleanedText(buffer), "") : Split(buffer, Room);
            return new ContextFit(buffer.Count + ContextLength - Room, ContextLength, kept, dropped);
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Cleans a text and appends its tokens to the buffer.</summary>
    private protected abstract void Encode(ReadOnlySpan<char> text, TokenBuffer buffer);

    /// <summary>The cleaned text of the tokens in the buffer.</summary>
    private protected abstract string CleanedText(TokenBuffer buffer);

    /// <summary>The cleaned text before a token and from it on.</summary>
    private protected abstract (string Before, string After) Split(TokenBuffer buffer, int token);

    private void TokenizeRow<T>(string text, Span<T> row)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArgumentNullException.ThrowIfNull(text);
        if (row.Length != ContextLength)
            throw new ArgumentException($"A row has {ContextLength} token ids, and this one has room for {row.Length}.", nameof(row));
        if (TryFill(text, row) is not null and var tokens)
            throw TooLong(text, tokens.Value, "The text", nameof(text));
    }

    // Null, or the number of tokens of a text that is too long.
    private int? TryFill<T>(string text, Span<T> row)
        where T : unmanaged, IBinaryInteger<T>
    {
        var buffer = TokenBuffer.Rent();
        try
        {
            Encode(text, buffer);
            if (buffer.Count > Room && Overflow != TokenOverflow.Truncate)
                return buffer.Count + ContextLength - Room;
            Fill(buffer.Ids[..Math.Min(Room, buffer.Count)], row);
            return null;
        }
        finally
        {
            buffer.Return();
        }
    }

    private void Fill<T>(ReadOnlySpan<int> ids, Span<T> row)
        where T : unmanaged, IBinaryInteger<T>
    {
        var next = 0;
        if (StartTokenId is { } start)
            row[next++] = T.CreateTruncating(start);
        foreach (var id in ids)
            row[next++] = T.CreateTruncating(id);
        row[next++] = T.CreateTruncating(EndTokenId);
        row[next..].Fill(T.CreateTruncating(PaddingTokenId));
    }

    private ArgumentException TooLong(string text, int tokens, string which, string parameter)
    {
        var quote = text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
        var remedy = Overflow == TokenOverflow.Windows
            ? "One row cannot hold it; TokenizeWindows gives all its rows."
            : "Shorten it, or choose TokenOverflow.Truncate or TokenOverflow.Windows.";
        return new ArgumentException(
            $"{which} has {tokens} tokens with start and end, and the context has room for {ContextLength}: \"{quote}\". {remedy}", parameter);
    }
}
