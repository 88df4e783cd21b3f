using Clip.Shared.ParquetFiles;

namespace Clip.Shards.Outputs;

/// <summary>What a shard's metadata says of some rows.</summary>
internal static class MetadataReader
{
    /// <summary>Reads names and captions.</summary>
    /// <param name="path">A file of metadata, which need not be there.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="rows">The rows, by their places in the shard.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="ShardException">The file is no Parquet file, or has other rows.</exception>
    public static Dictionary<long, EmbeddedSample> Read(string path, ShardRows shard, IReadOnlySet<long> rows, CancellationToken cancellationToken)
    {
        var samples = rows.ToDictionary(row => row, row => new EmbeddedSample(shard.Number, row, null, null));
        if (!File.Exists(path))
            return samples;
        try
        {
            using var file = new ParquetTexts(path, cancellationToken);
            var begin = 0L;
            for (var group = 0; group < file.GroupCount; group++)
            {
                var count = file.CountRows(group);
                if (count < 0 || count > shard.Count - begin)
                    throw new InvalidDataException($"It has more rows than the {shard.Count:N0} of its embeddings.");
                var end = begin + count;
                if (rows.Any(row => row >= begin && row < end))
                {
                    var (keys, captions) = (ReadColumn(file, group, MetadataFile.KeyColumn), ReadColumn(file, group, MetadataFile.CaptionColumn));
                    foreach (var row in rows.Where(row => row >= begin && row < end))
                        samples[row] = new EmbeddedSample(shard.Number, row, keys?[row - begin], captions?[row - begin]);
                }
                begin = end;
            }
            return samples;
        }
        catch (InvalidDataException e)
        {
            throw new ShardException(path, $"cannot be read: {e.Message.TrimEnd('.')}. Delete it and the shard's embeddings and run the worker again.", e);
        }
    }

    private static string?[]? ReadColumn(ParquetTexts file, int group, string name) =>
        file.Columns.FirstOrDefault(column => column.Name == name && ParquetTexts.IsText(column)) is { } column ? file.Read(group, column)[0] : null;
}
