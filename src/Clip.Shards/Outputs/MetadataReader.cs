using Clip.Shared;
using Parquet;
using Parquet.Schema;

namespace Clip.Shards.Outputs;

/// <summary>What a shard's metadata says of some rows.</summary>
internal static class MetadataReader
{
    /// <summary>Reads names and captions.</summary>
    /// <param name="path">A file of metadata, which need not be there.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="rows">The rows, by their places in the shard.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="ShardException">The file is no Parquet file.</exception>
    public static async Task<Dictionary<long, EmbeddedSample>> ReadAsync(string path, ShardRows shard, IReadOnlySet<long> rows, CancellationToken cancellationToken)
    {
        var samples = rows.ToDictionary(row => row, row => new EmbeddedSample(shard.Number, row, null, null));
        if (!File.Exists(path))
            return samples;
        try
        {
            using var file = RegularFile.OpenRead(path);
            var reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var begin = 0L;
                for (var index = 0; index < reader.RowGroupCount; index++)
                {
                    using var group = reader.OpenRowGroupReader(index);
                    if (group.RowCount < 0 || group.RowCount > shard.Count - begin)
                        throw new InvalidDataException($"It has more rows than the {shard.Count:N0} of its embeddings.");
                    var end = begin + group.RowCount;
                    if (rows.Any(row => row >= begin && row < end))
                    {
                        var keys = await ReadAsync(group, reader.Schema, "image_path", cancellationToken).ConfigureAwait(false);
                        var captions = await ReadAsync(group, reader.Schema, "caption", cancellationToken).ConfigureAwait(false);
                        foreach (var row in rows.Where(row => row >= begin && row < end))
                            samples[row] = new EmbeddedSample(shard.Number, row, keys?[row - begin], captions?[row - begin]);
                    }
                    begin = end;
                }
            }
            return samples;
        }
        // What Parquet.Net makes of bytes that are no such file.
        catch (Exception e) when (e is not (OperationCanceledException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new ShardException(path, $"cannot be read: {e.Message} Delete it and the shard's embeddings and run the worker again.", e);
        }
    }

    private static async Task<string?[]?> ReadAsync(ParquetRowGroupReader group, ParquetSchema schema, string column, CancellationToken cancellationToken)
    {
        if (schema.DataFields.FirstOrDefault(field => field.Name == column && (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))) is not { } field)
            return null;
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
        return values;
    }
}
