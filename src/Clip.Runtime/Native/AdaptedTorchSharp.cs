using System.Security.Cryptography;

namespace Clip.Runtime.Native;

/// <summary>A copy of TorchSharp's Linux library that also loads with the C++ runtimes of GCC 11 and 12.</summary>
/// <remarks>
/// <para>
/// libLibTorchSharp.so was linked with GCC 13. Two of the functions it takes from libstdc++ ask for a newer version than
/// those runtimes have, and both stand in them under an older one: <c>std::ios_base_library_init()</c>, which makes sure
/// that <c>cout</c> and its like are initialized, as <c>std::ios_base::Init::Init()</c> (GLIBCXX_3.4.32 and 3.4); and
/// <c>std::condition_variable::wait</c> under the same name (GLIBCXX_3.4.30 and 3.4.11). The copy asks for the older ones,
/// and so for GLIBCXX_3.4.29 at most.
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

            // .gnu.version_r: likewise from entry GLIBCXX_3.4.30 to entry GLIBCXX_3.4.11.
            new(260_544, [0x40, 0xF8, 0x97, 0x02], [0x61, 0xF8, 0x97, 0x02]),
            new(260_552, [0xA0, 0x76, 0x02, 0x00], [0x5B, 0x77, 0x02, 0x00]),
        ],
    };

    /// <summary>Adapts the bytes of a library in place.</summary>
    /// <param name="library">The content of libLibTorchSharp.so as TorchSharp ships it.</param>
    /// <returns>The SHA-256 of the content before, or null when the file is not known and nothing was changed.</returns>
    public static string? Adapt(byte[] library)
    {
        var hash = Convert.ToHexString(SHA256.HashData(library));
        if (!KnownFiles.TryGetValue(hash, out var edits))
            return null;

        foreach (var (offset, before, after) in edits)
        {
            var place = library.AsSpan(offset, before.Length);
            if (!place.SequenceEqual(before))
                throw new InvalidOperationException($"The edit at {offset} does not fit the file {hash}.");
            after.CopyTo(place);
        }
        return hash;
    }
}
