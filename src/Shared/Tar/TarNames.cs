using System.Text;
using System.Text.Unicode;

namespace Clip.Shared.Tar;

/// <summary>The names of entries, and what they say of samples.</summary>
internal static class TarNames
{
    /// <summary>The most bytes of a name; file systems end at 4,096.</summary>
    public const int MaxBytes = 1 << 16;

    /// <summary>Reads a name up to its end or to the first zero.</summary>
    /// <remarks>Names in other encodings than UTF-8 stay different from each other, which is all that a sample needs.</remarks>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) is var end and >= 0)
            bytes = bytes[..end];
        return (Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
    }

    /// <summary>Divides a name: "folder/000017.seg.png" is the entry "seg.png" of the sample "folder/000017".</summary>
    /// <param name="name">The name.</param>
    /// <param name="key">The sample.</param>
    /// <param name="ending">What it is of the sample.</param>
    /// <returns>Whether the name is a key and an ending; "README" and "._000017.png", which a Mac adds, are not.</returns>
    public static bool TrySplit(string name, out string key, out string ending)
    {
        var start = name.LastIndexOf('/') + 1;
        var dot = name.IndexOf('.', start);
        var isSample = dot > start;
        (key, ending) = isSample ? (name[..dot], name[(dot + 1)..]) : ("", "");
        return isSample;
    }
}
