using System.Globalization;
using System.Text;

namespace Clip.Checkpoints.Reading;

/// <summary>Puts text from a file into a message: quoted, shortened, without control characters.</summary>
internal static class Text
{
    private const int Longest = 100;

    /// <summary>The text between quotation marks.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return shown.Append(text.Length > Longest ? "...'" : "'").ToString();
    }

    /// <summary>A shape as PyTorch prints it.</summary>
    public static string Shape(IEnumerable<long> sizes) => $"[{string.Join(", ", sizes)}]";
}
