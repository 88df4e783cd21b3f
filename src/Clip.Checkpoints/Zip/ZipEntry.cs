namespace Clip.Checkpoints.Zip;

/// <summary>A file in an archive, as the archive's central directory describes it.</summary>
/// <param name="Name">Its name; never used as a path.</param>
/// <param name="Flags">General purpose flags.</param>
/// <param name="Method">Compression method; 0 is stored as it is.</param>
/// <param name="Checksum">CRC-32 of its content.</param>
/// <param name="StoredSize">Bytes it takes in the archive.</param>
/// <param name="Size">Bytes of its content.</param>
/// <param name="HeaderPosition">Where its local header starts.</param>
internal sealed record ZipEntry(
    string Name, ushort Flags, ushort Method, uint Checksum, long StoredSize, long Size, long HeaderPosition)
{
    /// <summary>Where the next entry, or the central directory, starts.</summary>
    public long End { get; set; }
}
