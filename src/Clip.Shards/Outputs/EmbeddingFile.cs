using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.Shards.Outputs;

/// <summary>A shard's embeddings as a file of rows: an array of NumPy in float16 or float32.</summary>
/// <param name="Path">The file.</param>
/// <param name="Rows">Which rows these are.</param>
/// <param name="Array">Where they lie in it.</param>
internal sealed record EmbeddingFile(string Path, ShardRows Rows, NpyArray Array)
{
    private const string Half = "<f2";
    private const string Single = "<f4";

    // More than any model's, so that a damaged header asks for no memory.
    private const int LongestRow = 1 << 16;

    /// <summary>Reads a file's header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="number">The shard's number.</param>
    /// <param name="begin">The place of its first row among all.</param>
    /// <exception cref="ShardException">It is no such array, or shorter than it says.</exception>
    public static EmbeddingFile Read(string path, string number, long begin)
    {
        using var stream = RegularFile.OpenRead(path, bufferSize: 0);
        try
        {
            var array = NpyArray.Read(stream);
            if (array.Type is not (Half or Single))
                throw new InvalidDataException($"Its numbers are '{array.Type}', not float16 ('{Half}') or float32 ('{Single}').");
            if (array.Size > LongestRow)
                throw new InvalidDataException($"Its rows have {array.Size:N0} numbers, more than {LongestRow:N0}.");
            if (array.Rows > (stream.Length - array.Start) / MappedVectors.RowBytes(array.Size, array.Type == Half))
                throw new InvalidDataException($"It ends before the last of its {array.Rows:N0} rows.");
            return new EmbeddingFile(path, new ShardRows(number, begin, array.Rows, stream.Length, File.GetLastWriteTimeUtc(path)), array);
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            throw new ShardException(path, $"cannot be searched. {e.Message} Delete it and run the worker again, which embeds the shard anew.", e);
        }
    }

    /// <summary>Maps the rows.</summary>
    /// <exception cref="ShardException">The file is another by now.</exception>
    public MappedVectors Map()
    {
        using var stream = RegularFile.OpenRead(Path, bufferSize: 0);
        if (stream.Length != Rows.Bytes)
            throw new ShardException(Path, "has changed while it was searched. Search again.");
        return new MappedVectors(stream.SafeFileHandle, Array.Start, Array.Rows, Array.Size, Array.Type == Half);
    }
}
