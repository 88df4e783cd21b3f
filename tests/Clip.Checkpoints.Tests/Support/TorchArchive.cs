using System.IO.Compression;

namespace Clip.Checkpoints.Tests.Support;

/// <summary>Writes archives as torch.save does: a pickle and one stored entry per storage.</summary>
internal static class TorchArchive
{
    public static byte[] From(byte[] pickle, params (string Key, byte[] Bytes)[] storages) => From(pickle, isTorchScript: false, storages);

    public static byte[] From(byte[] pickle, bool isTorchScript, params (string Key, byte[] Bytes)[] storages)
    {
        using var bytes = new MemoryStream();
        WriteTo(bytes, pickle, isTorchScript, storages);
        return bytes.ToArray();
    }

    /// <summary>Writes an archive whose storages are made one after another.</summary>
    public static void WriteTo(Stream stream, byte[] pickle, bool isTorchScript, IEnumerable<(string Key, byte[] Bytes)> storages)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "archive/data.pkl", pickle);
        foreach (var (key, content) in storages)
            Add(zip, $"archive/data/{key}", content);
        if (isTorchScript)
            Add(zip, "archive/constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
        Add(zip, "archive/version", "3\n"u8.ToArray());
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
