using System.IO.Compression;
using System.Text;
using System.Text.Unicode;
using Clip.Shared;

namespace Clip.Tokenization.Vocabularies;

/// <summary>Reads vocabulary files, which are a few megabytes, without following one that claims to be more.</summary>
internal static class LimitedFile
{
    // CLIP's own are 1 MB of JSON and 3 MB of text; those of multilingual models are ten times that.
    private const int MostBytes = 64 << 20;
    private const int MostUnpackedText = 16 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VocabularyException">It is larger than any vocabulary.</exception>
    public static byte[] Read(string path, int limit = MostBytes)
    {
        if (RegularFile.FindProblem(path) is { } problem)
            throw new VocabularyException(path, problem);
        using var file = File.OpenRead(path);
        return Read(file, path, limit, file.Length);
    }

    /// <summary>Reads lines of UTF-8, unpacked where the file is a gzip file.</summary>
    public static string[] ReadLines(string path)
    {
        var bytes = Read(path);
        return ReadText(path, bytes is [0x1F, 0x8B, ..] ? Unpack(path, bytes) : bytes).Split('\n');
    }

    /// <summary>Takes bytes as UTF-8.</summary>
    public static string ReadText(string path, byte[] bytes)
    {
        if (!Utf8.IsValid(bytes))
            throw new VocabularyException(path, "is not UTF-8 text.");
        return Encoding.UTF8.GetString(bytes);
    }

    private static byte[] Unpack(string path, byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            var unpacked = Read(gzip, path, MostUnpackedText);
            // A gzip file ends with the length of what it holds; the decompressor does not miss what is cut off.
            if (packed.Length < 18 || BitConverter.ToUInt32(packed.AsSpan(packed.Length - 4)) != unpacked.Length)
                throw new VocabularyException(path, $"ends too early, after {packed.Length:N0} bytes: the gzip data is cut short or damaged.");
            return unpacked;
        }
        catch (InvalidDataException e)
        {
            throw new VocabularyException(path, $"is damaged: {e.Message}", e);
        }
    }

    private static byte[] Read(Stream stream, string path, int limit, long expected = 0)
    {
        // A file that is as long as it says is read into an array of that length.
        if (expected > 0 && expected <= limit)
        {
            var whole = new byte[expected];
            if (stream.ReadAtLeast(whole, whole.Length, throwOnEndOfStream: false) == whole.Length && stream.ReadByte() < 0)
                return whole;
            stream.Position = 0;
        }
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        while (stream.Read(chunk) is > 0 and var read)
        {
            if (bytes.Length + read > limit)
                throw new VocabularyException(path, $"holds more than {limit >> 20} MB, which no vocabulary of CLIP does.");
            bytes.Write(chunk, 0, read);
        }
        return bytes.ToArray();
    }
}
