using System.Numerics;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization;

public abstract partial class ContextTokenizer
{
    // Fewer texts than this are done before a second thread has begun.
    private const int FewestInParallel = 128;
    private const int TextsPerTask = 32;

#pragma warning disable RS0026 // The overloads differ in the element type of the rows, which is never left out.

    /// <summary>Fills rows with the tokens of texts, one row each, on all processors.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="rows"><see cref="ContextLength"/> token ids for each text, row after row.</param>
    /// <param name="cancellationToken">Ends the work between texts.</param>
    /// <exception cref="ArgumentException">
    /// A text is null, or too long where texts may not be truncated: the message has the place of the first such text; or there is
    /// not room for exactly these rows.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Tokenize(IReadOnlyList<string> texts, Memory<int> rows, CancellationToken cancellationToken = default) =>
        TokenizeRows(texts, rows, cancellationToken);

    /// <inheritdoc cref="Tokenize(IReadOnlyList{string}, Memory{int}, CancellationToken)"/>
    public void Tokenize(IReadOnlyList<string> texts, Memory<long> rows, CancellationToken cancellationToken = default) =>
        TokenizeRows(texts, rows, cancellationToken);

#pragma warning restore RS0026

    /// <summary>Makes a row of each text, or as many as it needs where <see cref="Overflow"/> is <see cref="TokenOverflow.Windows"/>.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Ends the work between texts.</param>
    /// <exception cref="ArgumentException">A text is null, or too long where <see cref="Overflow"/> says so.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public TokenWindows TokenizeWindows(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var firstRows = new int[texts.Count + 1];
        var ids = new List<long>(texts.Count * ContextLength);
        var row = new long[ContextLength];
        var buffer = TokenBuffer.Rent();
        for (var i = 0; i < texts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            buffer.Clear();
            Encode(CheckText(texts, i), buffer);
            if (buffer.Count > Room && Overflow == TokenOverflow.Throw)
                throw TooLong(texts[i], buffer.Count + ContextLength - Room, $"{nameof(texts)}[{i}]", nameof(texts));
            var step = Math.Max(1, Room);
            for (var first = 0; first == 0 || (first < buffer.Count && Overflow == TokenOverflow.Windows); first += step)
            {
                Fill<long>(buffer.Ids[first..Math.Min(first + Room, buffer.Count)], row);
                ids.AddRange(row);
            }
            firstRows[i + 1] = ids.Count / ContextLength;
        }
        buffer.Return();
        return new TokenWindows([.. ids], firstRows, ContextLength);
    }

    private void TokenizeRows<T>(IReadOnlyList<string> texts, Memory<T> rows, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (rows.Length != (long)texts.Count * ContextLength)
        {
            throw new ArgumentException(
                $"{texts.Count} rows of {ContextLength} token ids need room for {(long)texts.Count * ContextLength} ids, not {rows.Length}.",
                nameof(rows));
        }

        var firstWrong = int.MaxValue;
        if (texts.Count < FewestInParallel)
        {
            TokenizeSome(0, texts.Count);
        }
        else
        {
            var tasks = (texts.Count + TextsPerTask - 1) / TextsPerTask;
            var parallel = new ParallelOptions { CancellationToken = cancellationToken };
            Parallel.For(0, tasks, parallel, task => TokenizeSome(task * TextsPerTask, Math.Min((task + 1) * TextsPerTask, texts.Count)));
        }
        if (firstWrong < int.MaxValue)
            ThrowFor(texts, firstWrong);

        // A wrong text ends the texts after it; the ones before it may hold an earlier one.
        void TokenizeSome(int first, int end)
        {
            for (var i = first; i < end && i < Volatile.Read(ref firstWrong); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (texts[i] is null || TryFill(texts[i], rows.Span.Slice(i * ContextLength, ContextLength)) is not null)
                    SetLower(ref firstWrong, i);
            }
        }
    }

    private static void SetLower(ref int lowest, int value)
    {
        for (var current = Volatile.Read(ref lowest); value < current;)
        {
            var seen = Interlocked.CompareExchange(ref lowest, value, current);
            if (seen == current)
                return;
            current = seen;
        }
    }

    private void ThrowFor(IReadOnlyList<string> texts, int index)
    {
        var row = new long[ContextLength];
        if (TryFill<long>(CheckText(texts, index), row) is { } tokens)
            throw TooLong(texts[index], tokens, $"{nameof(texts)}[{index}]", nameof(texts));
    }

    private static string CheckText(IReadOnlyList<string> texts, int index) =>
        texts[index] ?? throw new ArgumentException($"{nameof(texts)}[{index}] is null.", nameof(texts));
}
