using System.Buffers.Binary;
using System.Text;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests.Zip;

[NoTensorLeaks]
public sealed class ZipDirectoryTests
{
    private static readonly byte[] Pickle = PickleBytes.Proto().EmptyDict().Text("w")
        .Tensor("ByteStorage", "0", 4, 0, [4], [1]).SetItem().Stop();

    [Fact]
    public void Read_Zip64Record_IsUsedInPlaceOfTheFirst()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a.pt", WithZip64(Archive())));
        using var read = checkpoint.ReadTensor("w");

        Assert.Equal<byte>([1, 2, 3, 4], read.data<byte>().ToArray());
    }

    [Fact]
    public void Read_TwoRecordsThatDisagree_AreRefused()
    {
        var bytes = WithZip64(Archive());
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 12), 1);

        Assert.Contains("disagree", OpenFails(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EntriesThatOverlap_AreRefused()
    {
        // The storage's directory entry points at the pickle's local header.
        var bytes = Archive();
        var name = bytes.AsSpan().LastIndexOf("archive/data/0"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(name - 4), 0);

        Assert.Contains("overlaps", OpenFails(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LocalHeaderOfAnotherName_IsRefused()
    {
        var bytes = Archive();
        bytes[bytes.AsSpan().IndexOf("archive/data.pkl"u8)] = (byte)'A';

        OpenFails(bytes);
    }

    [Fact]
    public void Read_BytesBehindTheEnd_AreRefused() => OpenFails([.. Archive(), 0]);

    [Fact]
    public void Read_BigEndianArchive_IsRefused()
    {
        using var stream = new MemoryStream();
        stream.Write(Archive());
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Update, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("archive/byteorder", System.IO.Compression.CompressionLevel.NoCompression).Open();
            entry.Write(Encoding.ASCII.GetBytes("big"));
        }

        Assert.Contains("little-endian", OpenFails(stream.ToArray()).Message, StringComparison.Ordinal);
    }

    private static byte[] Archive() => TorchArchive.From(Pickle, ("0", [1, 2, 3, 4]));

    // Puts the 64-bit end record and its locator before the end record, whose fields become all ones.
    private static byte[] WithZip64(byte[] archive)
    {
        var end = archive.AsSpan(archive.Length - 22).ToArray();
        var record = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x06064B50);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(4), 44);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10));
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(32), count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(40), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)));
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(48), BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        var locator = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064B50);
        BinaryPrimitives.WriteInt64LittleEndian(locator.AsSpan(8), archive.Length - 22);
        BinaryPrimitives.WriteInt32LittleEndian(locator.AsSpan(16), 1);
        end.AsSpan(8, 12).Fill(0xFF);
        return [.. archive[..^22], .. record, .. locator, .. end];
    }

    private static CheckpointException OpenFails(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pt", bytes);
        return Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
    }
}
