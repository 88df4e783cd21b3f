using System.Buffers.Binary;
using System.Text;

namespace Clip.Checkpoints.Tests.Support;

/// <summary>Assembles safetensors files by hand, valid or not.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A header with its length before it, then the data.</summary>
    public static byte[] From(string header, params byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + text.Length);
        return bytes;
    }

    /// <summary>One tensor named "a".</summary>
    public static byte[] OneTensor(string dtype, string shape, params byte[] data) =>
        From($$"""{"a":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":[0,{{data.Length}}] } }""", data);
}
