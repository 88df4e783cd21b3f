namespace Clip.Checkpoints.Reading;

/// <summary>Recognizes files that people open by mistake, to say what to do about it.</summary>
internal static class Foreign
{
    /// <summary>Describes a file of no known format by its first bytes.</summary>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://"u8))
            return "It is a Git LFS pointer; fetch the file that it stands for with 'git lfs pull'.";
        if (start[0] == (byte)'<')
            return "It is a web page, probably an error page that was saved in place of the file; download it again.";
        if (start.StartsWith("GGUF"u8))
            return "It is a GGUF file; use the safetensors file of the same model.";
        if (start[1..].StartsWith("HDF"u8))
            return "It is an HDF5 file; use the safetensors file of the same model.";
        if (start is [0x1F, 0x8B, ..])
            return "It is compressed with gzip; decompress it first.";
        return $"It starts with the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}.";
    }
}
