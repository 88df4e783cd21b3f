using System.Security.Cryptography;

namespace Clip.Runtime.Native;

/// <summary>A copy of TorchSharp's Linux library that also loads with the C++ runtime of GCC 12 and older.</summary>
/// <remarks>
/// <para>
/// libLibTorchSharp.so was linked with GCC 13 and asks libstdc++ for version GLIBCXX_3.4.32 because of one function,
/// <c>std::ios_base_library_init()</c>, which makes sure that <c>cout</c> and its like are initialized. Older runtimes
/// export the same act as <c>std::ios_base::Init::Init()</c>. The copy asks for that name and for version GLIBCXX_3.4.
/// </para>
/// <para>Only files whose SHA-256 is known are adapted: the edits are places in that very file.</para>
/// </remarks>
internal static class AdaptedTorchSharp
{
    /// <summary>One replacement in the file: what must stand there, and what is written instead.</summary>
    private readonly record struct Edit(int Offset, byte[] Before, byte[] After);

    /// <summary>The edits by the SHA-256 of the file they apply to.</summary>
    private static readonly Dictionary<string, Edit[]> KnownFiles = new()
    {
        // TorchSharp 0.107.0, linux-x64.
        ["CF33B1B0BB6BBB9754A768FB5C5D04D9F498603BE50E73F55621A0B40EE608B8"] =
        [
            // .dynstr: the function's name, padded with zeros.
            new(92_085, [.. "_ZSt21ios_base_library_initv\0"u8], [.. "_ZNSt8ios_base4InitC1Ev\0\0\0\0\0\0"u8]),

            // .gnu.version_r: the hash and the name of entry GLIBCXX_3.4.32 become those of entry GLIBCXX_3.4.
            new(260_656, [0x42, 0xF8, 0x97, 0x02], [0x74, 0x29, 0x92, 0x08]),
            new(260_664, [0x06, 0x77, 0x02, 0x00], [0xAF, 0x77, 0x02, 0x00]),
        ],
    };

    /// <summary>Writes the copy of a library into the user's cache, or finds the one written before.</summary>
    /// <param name="original">Path of libLibTorchSharp.so as TorchSharp ships it.</param>
    /// <returns>The path of the copy, or null when the file is not known.</returns>
    public static string? Create(string original)
    {
        var bytes = File.ReadAllBytes(original);
        var hash = Convert.ToHexString(SHA256.HashData(bytes));
        if (!KnownFiles.TryGetValue(hash, out var edits))
            return null;

        foreach (var (offset, before, after) in edits)
        {
            var place = bytes.AsSpan(offset, before.Length);
            if (!place.SequenceEqual(before))
                return null;
            after.CopyTo(place);
        }
        return NativeCache.Store(hash, Path.GetFileName(original), bytes);
    }
}
