using Parquet;
using Parquet.Schema;

namespace Clip.Shards.Outputs;

/// <summary>What is known of each row, as a Parquet file beside the embeddings.</summary>
/// <remarks>The columns <c>image_path</c> and <c>caption</c> are clip-retrieval's; <c>error</c> says why a row has no embedding.</remarks>
internal sealed class MetadataFile
{
    /// <summary>The column with the samples' names.</summary>
    public const string KeyColumn = "image_path";

    /// <summary>The column with their captions.</summary>
    public const string CaptionColumn = "caption";

    private const int RowsPerGroup = 100_000;

    private static readonly DataField Path = new(KeyColumn, typeof(string), isNullable: false);
    private static readonly DataField Caption = new(CaptionColumn, typeof(string), isNullable: true);
    private static readonly DataField Error = new("error", typeof(string), isNullable: true);

    private readonly List<(string Key, string? Caption, string? Error)> _rows = [];

    public int Count => _rows.Count;

    public long UnreadableCount { get; private set; }

    /// <summary>The first row without an embedding, and why; null where all have one.</summary>
    public string? FirstError { get; private set; }

    /// <summary>The captions, in the order of rows.</summary>
    public IEnumerable<string?> Captions => _rows.Select(row => row.Caption);

    /// <summary>Adds a row.</summary>
    /// <param name="key">The sample's name in its shard.</param>
    /// <param name="caption">Its caption, if it has one.</param>
    /// <param name="error">Why it has no embedding; null where it has one.</param>
    public void Add(string key, string? caption, string? error)
    {
        _rows.Add((key, caption, error));
        if (error is null)
            return;
        UnreadableCount++;
        FirstError ??= $"'{key}' {error}";
    }

    /// <summary>Writes the file.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(Path, Caption, Error), stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var rows in _rows.Chunk(RowsPerGroup))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(Path, Array.ConvertAll(rows, row => row.Key)).ConfigureAwait(false);
                await group.WriteAsync(Caption, Array.ConvertAll(rows, row => row.Caption)!).ConfigureAwait(false);
                await group.WriteAsync(Error, Array.ConvertAll(rows, row => row.Error)!).ConfigureAwait(false);
            }
        }
    }
}
