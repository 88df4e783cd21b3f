using System.Text;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.PieceModels;

/// <summary>Takes the tokens of a word in their order, and finds the bytes at which they start.</summary>
internal ref struct WordTokens
{
    private readonly TokenBuffer _buffer;
    private readonly ReadOnlySpan<char> _word;
    private int _character;
    private int _byte;

    /// <summary>Appends a word to the buffer's text.</summary>
    public WordTokens(TokenBuffer buffer, ReadOnlySpan<char> word)
    {
        _buffer = buffer;
        _word = word;
        _byte = buffer.Length;
        buffer.Append(word);
    }

    /// <summary>Appends a token.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="start">The character of the word at which it starts.</param>
    /// <param name="bytes">How many bytes of that character come before it.</param>
    public void Add(int id, int start, int bytes = 0)
    {
        _byte += Encoding.UTF8.GetByteCount(_word[_character..start]);
        _character = start;
        _buffer.Add(id, _byte + bytes);
    }
}
