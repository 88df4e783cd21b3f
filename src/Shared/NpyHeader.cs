using System.Globalization;
using System.Text;

namespace Clip.Shared;

/// <summary>What stands before the rows of an array [N, D] of NumPy.</summary>
/// <remarks>Source: NumPy, numpy.lib.format, version 1.0.</remarks>
internal static class NpyHeader
{
    /// <summary>Magic string, version, length and dictionary; a multiple of 64, with room for any count.</summary>
    public const int Bytes = 128;

    /// <summary>Makes the header.</summary>
    /// <param name="type">NumPy's name of the elements, such as "&lt;f4".</param>
    /// <param name="count">Rows, N.</param>
    /// <param name="size">Elements of a row, D.</param>
    /// <returns><see cref="Bytes"/> bytes.</returns>
    public static byte[] Create(string type, long count, int size)
    {
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, Bytes - 10, 0];
        var dictionary = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({count}, {size}), }}");
        return [.. start, .. Encoding.ASCII.GetBytes(dictionary.PadRight(Bytes - start.Length - 1) + "\n")];
    }
}
