using System.Text;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>UTF-8 that loses nothing: what is none is an exception.</summary>
internal static class StrictUtf8
{
    /// <summary>The encoding.</summary>
    public static Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
