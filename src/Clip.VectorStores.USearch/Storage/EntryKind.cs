namespace Clip.VectorStores.USearch.Storage;

/// <summary>What an entry of the log says.</summary>
internal enum EntryKind : byte
{
    /// <summary>A record, in place of one with the same key.</summary>
    Record = 1,

    /// <summary>A key whose record is gone.</summary>
    Deleted = 2,

    /// <summary>Nothing more comes: the collection is deleted, or goes on in another file.</summary>
    Closed = 3,

    /// <summary>A file with the graph of a vector.</summary>
    Graph = 4,
}
