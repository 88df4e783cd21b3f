using System.Text;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Decoders;

/// <summary>Makes text of bytes that are spelled in printable characters.</summary>
internal sealed class ByteLevelDecoder : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        var bytes = tokens.SelectMany(ByteAlphabet.Spell).ToArray();
        tokens.Clear();
        tokens.Add(Encoding.UTF8.GetString(bytes));
    }
}
