using System.Text;
using Clip.Tokenization.PieceModels;

namespace Clip.Tokenization.Decoders;

/// <summary>Makes text of runs of byte tokens; each byte of a run that is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteFallbackDecoder : DecodingStep
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public override void Apply(List<string> tokens)
    {
        var decoded = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteFallback.ByteOf(token) is >= 0 and var value)
            {
                bytes.Add((byte)value);
                continue;
            }
            Flush();
            decoded.Add(token);
        }
        Flush();
        tokens.Clear();
        tokens.AddRange(decoded);

        void Flush()
        {
            if (bytes.Count == 0)
                return;
            try
            {
                decoded.Add(Strict.GetString([.. bytes]));
            }
            catch (DecoderFallbackException)
            {
                decoded.Add(new string('\uFFFD', bytes.Count));
            }
            bytes.Clear();
        }
    }
}
