using Clip.Shared;
using Clip.Shared.Search;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>How a collection changes on the disk, in steps that a crash cannot halve. The caller holds the lock of the writer and calls one after the other.</summary>
/// <param name="folder">Where its files are.</param>
/// <param name="shared">Its records, open for writing.</param>
internal sealed class RecordWriter(CollectionFolder folder, SharedRecords shared)
{
    /// <summary>Bytes of a frame: so many that its beginning costs little, so few that a canceled batch ends soon.</summary>
    public const int FrameBytes = 4 << 20;

    /// <summary>Writes entries to the disk, and then makes them readable.</summary>
    /// <param name="entries">The entries, which are cleared.</param>
    /// <param name="and">What readers see from the same moment on.</param>
    public void Commit(EntryBuffer entries, Action? and = null)
    {
        if (entries.Bytes.IsEmpty)
            return;
        var frame = shared.Records.Log.Append(entries.Bytes);
        entries.Clear();
        shared.Change(() =>
        {
            shared.Records.Add(frame);
            and?.Invoke();
        });
    }

    /// <summary>Brings the graphs up to date.</summary>
    /// <param name="least">How many rows a graph lacks at least, by how many it has, to be worth it.</param>
    /// <param name="cancellationToken">Ends the building of a graph, which is then as it was.</param>
    public void BuildGraphs(Func<int, int> least, CancellationToken cancellationToken)
    {
        for (var vector = 0; vector < shared.Records.Codec.Vectors.Count; vector++)
        {
            if (!shared.Records.IsIndexed(vector))
                continue;
            var old = shared.Records.File(vector);
            if (shared.Records.Rows.Count - (old?.Rows ?? 0) < least(old?.Rows ?? 0) || GraphBuilding.Build(folder.Path, shared.Records, vector, cancellationToken) is not { } file)
                continue;
            var graph = file.Open(folder.Path, shared.Records.Codec.Vectors[vector].Dimensions, isMapped: true);
            var entries = new EntryBuffer();
            entries.Add(EntryKind.Graph, file.Write);
            Commit(entries, () => shared.Records.Use(file, graph));
            if (old is not null)
                CollectionFolder.TryDelete(Path.Combine(folder.Path, old.Name));
        }
    }

    /// <summary>Writes the next generation of the log, with what lives. A crash leaves the old one or the new one.</summary>
    /// <param name="shape">The records.</param>
    public void Compact(RecordShape shape)
    {
        var schema = Schema.Read(folder.SchemaPath);
        var next = schema with { Generation = schema.Generation + 1 };
        var path = folder.LogPath(next.Generation);
        CollectionFolder.TryDelete(path);
        RowLog.Create(path);
        using (var log = new RowLog(path))
        {
            log.BeginWriting();
            var entries = new EntryBuffer();
            for (var row = 0; row < shared.Records.Rows.Count; row++)
            {
                if (shared.Records.Row(row) is { IsEmpty: false } bytes)
                    entries.Add(EntryKind.Record, bytes);
                if (entries.Bytes.IsEmpty || entries.Bytes.Length < FrameBytes && row < shared.Records.Rows.Count - 1)
                    continue;
                log.Add(log.Append(entries.Bytes));
                entries.Clear();
            }
        }
        var old = shared.Records.Path;
        shared.Change(() =>
        {
            next.Write(folder.SchemaPath);
            shared.Close();
            EndLog(old);
            shared.Open(shape);
            DeleteLeftovers();
        });
    }

    /// <summary>Deletes what a writer left that was killed.</summary>
    public void DeleteLeftovers()
    {
        foreach (var log in folder.Logs().Where(log => log != shared.Records.Path).ToArray())
            CollectionFolder.TryDelete(log);
        var used = Enumerable.Range(0, shared.Records.Codec.Vectors.Count).Select(vector => shared.Records.File(vector)?.Name).ToHashSet();
        foreach (var graph in GraphFile.All(folder.Path).Where(path => !used.Contains(Path.GetFileName(path))).ToArray())
            CollectionFolder.TryDelete(graph);
    }

    /// <summary>Ends a log and deletes it: other processes that read it see that it ends, and look for what came after.</summary>
    /// <param name="path">The log.</param>
    public static void EndLog(string path)
    {
        try
        {
            using (var log = new RowLog(path))
            {
                log.ReadNew((_, _) => { });
                log.BeginWriting();
                var entries = new EntryBuffer();
                entries.Add(EntryKind.Closed, []);
                log.Append(entries.Bytes);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // A log that nobody can read has no readers.
        }
        CollectionFolder.TryDelete(path);
    }
}
