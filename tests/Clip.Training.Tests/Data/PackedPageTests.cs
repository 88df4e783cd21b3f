using Clip.Shared.ParquetFiles;
using Parquet.Meta;

namespace Clip.Training.Tests.Data;

/// <summary>Sizes that compressed data claim.</summary>
public sealed class PackedPageTests
{
    [Theory]
    [InlineData(CompressionCodec.SNAPPY, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, uint.MaxValue)]
    [InlineData(CompressionCodec.SNAPPY, new byte[] { 0x05, 0x10 }, 5)]
    [InlineData(CompressionCodec.SNAPPY, new byte[0], 0)]
    [InlineData(CompressionCodec.UNCOMPRESSED, new byte[] { 0xFF, 0xFF }, 0)]
    // Frames of Zstandard: a single segment of 200; a size of four bytes; of two bytes, which counts from 256.
    [InlineData(CompressionCodec.ZSTD, new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0x20, 200, 0 }, 200)]
    [InlineData(CompressionCodec.ZSTD, new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0x80, 0x58, 0, 0, 0, 0x40 }, 1 << 30)]
    [InlineData(CompressionCodec.ZSTD, new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0x60, 1, 1 }, 513)]
    // Without a size: three blocks, two of them runs of one byte.
    [InlineData(CompressionCodec.ZSTD, new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0, 0x58, 2, 0, 16, 7, 0, 0, 0, 3, 0, 16, 7 }, 3 << 17)]
    public void ClaimedSize_OfData_IsWhatTheySay(CompressionCodec codec, byte[] data, long size) => Assert.Equal(size, PackedPage.ClaimedSize(codec, data));
}
