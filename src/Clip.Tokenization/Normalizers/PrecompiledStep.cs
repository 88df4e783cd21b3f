using System.Text;

namespace Clip.Tokenization.Normalizers;

/// <summary>Replaces by a precompiled map.</summary>
internal sealed class PrecompiledStep(CharacterMap map) : NormalizationStep
{
    public override string Apply(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var replaced = new Utf8Builder(utf8.Length + 16);
        for (var i = 0; i < utf8.Length;)
        {
            i += map.Next(utf8.AsSpan(i), out var piece);
            replaced.Append(piece);
        }
        return Encoding.UTF8.GetString(replaced.Written);
    }
}
