using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Clip.Cli.Tests.Support;

/// <summary>Changes a safetensors file as damage or another program would.</summary>
internal static class SafetensorsEdit
{
    /// <summary>Changes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="edit">Changes its header and the bytes behind it.</param>
    public static void Apply(string path, Action<JsonObject, byte[]> edit)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        var data = bytes[(8 + length)..];
        edit(header, data);

        var text = header.ToJsonString();
        text = text.PadRight((text.Length + 7) / 8 * 8);
        var start = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, Encoding.UTF8.GetByteCount(text));
        File.WriteAllBytes(path, [.. start, .. Encoding.UTF8.GetBytes(text), .. data]);
    }

    /// <summary>Fills a tensor of float32 with one value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="value">The value.</param>
    public static void Fill(string path, string tensor, float value) => Apply(path, (header, data) =>
    {
        var offsets = header[tensor]!["data_offsets"]!;
        for (var at = (int)offsets[0]!; at < (int)offsets[1]!; at += sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(at), value);
    });
}
